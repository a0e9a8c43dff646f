"""What a request is answered that is not served: a sentence for programs, a page or a way to sign in for a reader."""

from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from afterclick.accounts.viewer import Viewer
from afterclick.errors import AfterclickError, Unauthorized
from afterclick.web.access import FACTOR, SIGN_IN, FactorOwed, Table
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import lens_of, own_sites
from afterclick.web.problem_details import refusal, refusal_of


class Refusal:
    """Words and draws refusals."""

    def __init__(self, desk: Desk, drawing: Drawing) -> None:
        self._desk = desk
        self._drawing = drawing

    def __call__(self, request: Request, error: AfterclickError) -> Response:
        """The answer to a request that raised one of our errors."""
        if _for_programs(request):
            return refusal_of(error)
        if isinstance(error, Unauthorized):
            return to_sign_in(request)
        if isinstance(error, FactorOwed):
            return led_to(request, FACTOR)
        return self._said(request, error.status, str(error))

    def failed(self, request: Request, sentence: str) -> Response:
        """The answer to a request that failed inside; it asks nothing of what may have failed."""
        if _for_programs(request):
            return refusal(500, sentence)
        return self._drawing.not_shown(request, None, sentence, 500)

    def explain(self, app: FastAPI) -> None:
        """Let an app answer errors so, its own and the framework's."""

        def ours(request: Request, error: Exception) -> Response:
            assert isinstance(error, AfterclickError)  # noqa: S101 - registered for this class only
            return self(request, error)

        def theirs(request: Request, error: Exception) -> Response:
            assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
            if error.status_code == 404:
                return self._said(
                    request, 404, "There is nothing at this address; the rail leads to what there is."
                )
            if error.status_code != 405:
                return self._said(request, error.status_code, str(error.detail))
            table: Table = request.app.state.needs
            taken = ", ".join(table.methods(request.scope["path"]))
            answer = self._said(request, 405, f"This address takes {taken}, and not {request.method}.")
            answer.headers["allow"] = taken
            return answer

        app.add_exception_handler(AfterclickError, ours)
        app.add_exception_handler(HTTPException, theirs)

    def _said(self, request: Request, status: int, sentence: str) -> Response:
        if _for_programs(request):
            return refusal(status, sentence)
        viewer: Viewer = request.state.viewer
        own = own_sites(self._desk, viewer)
        lens = lens_of(self._desk, request, viewer, {}) if own else None
        return self._drawing.not_shown(request, lens, sentence, status)


def to_sign_in(request: Request) -> Response:
    """Lead to the sign-in page, which leads back; a request of htmx is told to leave the page that it stands on."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = request.method == "GET" and asked != "/" and not request.headers.get("hx-request")
    return led_to(request, f"{SIGN_IN}?next={quote(asked, safe='')}" if back else SIGN_IN, 401)


def led_to(request: Request, where: str, status: int = 403) -> Response:
    """Lead to another page of ours; htmx is told to with a status of refusal, or it would swap that page in."""
    if request.headers.get("hx-request"):
        return Response(status_code=status, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/live"))
