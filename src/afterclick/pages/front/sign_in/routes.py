"""Signing in and out."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.viewer import NOBODY
from afterclick.errors import TooMany, Unauthorized
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.own_path import own_path
from afterclick.web.sessions import drop, keep, origin_of, token_of

Text = Annotated[str, Form()]


@dataclass(frozen=True)
class SignInPage:
    """The sign-in page: where it leads afterwards, the e-mail as given, what was wrong (empty for nothing), and
    whether one may also come by a provider.
    """

    next: str
    email: str = ""
    wrong: str = ""
    single_sign_on: bool = False


def to_sign_in(request: Request) -> Response:
    """Lead to the sign-in page, which leads back; a request of htmx is told to leave the page that it stands on."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = request.method == "GET" and asked != "/" and not request.headers.get("hx-request")
    return led_to(request, f"/sign-in?next={quote(asked, safe='')}" if back else "/sign-in", 401)


def led_to(request: Request, where: str, status: int = 403) -> Response:
    """Lead to another page of ours; htmx is told to with a status of refusal, or it would swap that page in."""
    if request.headers.get("hx-request"):
        return Response(status_code=status, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/sign-in` and `POST /sign-out`."""
    router = APIRouter(include_in_schema=False)
    accounts = desk.accounts

    def form(request: Request, page: SignInPage, status: int = 200) -> Response:
        page = replace(page, single_sign_on=accounts.single_sign_on is not None)
        return pages.bare(request, "front/sign_in/page.html", "Sign in", page, status=status)

    @router.get("/sign-in")
    def page(request: Request, next: str = "/") -> Response:
        if request.state.viewer is not NOBODY:
            return RedirectResponse(own_path(next), 303)
        if accounts.set_up.is_open():
            return RedirectResponse("/set-up", 303)
        return form(request, SignInPage(own_path(next)))

    @router.post("/sign-in")
    def sign_in(request: Request, email: Text = "", password: Text = "", next: Text = "/") -> Response:
        try:
            started = accounts.authentication.sign_in(email, password, origin_of(request))
        except (Unauthorized, TooMany) as error:
            return form(request, SignInPage(own_path(next), email[:254], str(error)), error.status)
        accounts.authentication.sign_out(token_of(request))
        onward = f"/sign-in/code?{urlencode({'next': own_path(next)})}" if started.pending else own_path(next)
        return keep(RedirectResponse(onward, 303), request, started)

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        accounts.authentication.sign_out(token_of(request))
        return drop(RedirectResponse("/sign-in", 303), request)

    return router
