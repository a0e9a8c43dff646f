"""The app itself: routes, files, headers, and what an error looks like."""

from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from afterclick.accounts.viewer import Viewer
from afterclick.errors import AfterclickError, Unauthorized
from afterclick.pages.connect import routes as connect
from afterclick.pages.definitions import routes as definitions
from afterclick.pages.front.invitation import routes as invitation
from afterclick.pages.front.oidc import routes as oidc
from afterclick.pages.front.set_up import routes as set_up
from afterclick.pages.front.sign_in import routes as sign_in
from afterclick.pages.front.sign_in.routes import led_to, to_sign_in
from afterclick.pages.front.sign_in_code import routes as sign_in_code
from afterclick.pages.front.strength import routes as strength
from afterclick.pages.overview import routes as overview
from afterclick.pages.problem import routes as problem
from afterclick.pages.problems import routes as problems
from afterclick.pages.quality import routes as quality
from afterclick.pages.settings.account import routes as account
from afterclick.pages.settings.api_keys import routes as api_keys
from afterclick.pages.settings.audit import routes as audit
from afterclick.pages.settings.installation import routes as installation
from afterclick.pages.settings.keys import routes as keys
from afterclick.pages.settings.members import routes as members
from afterclick.pages.settings.privacy import routes as privacy
from afterclick.pages.settings.second_factor import routes as second_factor
from afterclick.pages.settings.share import routes as share
from afterclick.pages.settings.site import routes as site
from afterclick.pages.settings.system import routes as system
from afterclick.pages.visit import routes as visit
from afterclick.pages.visits import routes as visits
from afterclick.web import health, live, marks, settings
from afterclick.web.access import NEEDS, Access, FactorOwed, Table
from afterclick.web.assets_built import STATIC
from afterclick.web.body_limit import BodyLimit
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import lens_of, own_sites
from afterclick.web.origin import OwnOrigin
from afterclick.web.security import SecureHeaders


def dashboard(desk: Desk) -> FastAPI:
    """The dashboard over `desk`.

    Raises Misconfigured when its assets have not been built, or a route stands in no table of needs.
    """
    pages = Pages(desk)
    app = FastAPI(title="Afterclick", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    for page in (overview, problems, problem, visits, visit, quality, connect, definitions):
        app.include_router(page.routes(desk, pages))
    for front in (sign_in, sign_in_code, oidc, set_up, invitation):
        app.include_router(front.routes(desk, pages))
    app.include_router(strength.routes(desk))
    app.include_router(members.routes(desk, pages))
    app.include_router(site.routes(desk, pages))
    app.include_router(account.routes(desk, pages))
    app.include_router(second_factor.routes(desk, pages))
    app.include_router(settings.routes(desk))
    for part in (keys, api_keys, share, privacy, audit, system, installation):
        app.include_router(part.routes(desk, pages))
    app.include_router(share.shown(desk, pages))
    app.include_router(marks.routes(desk))
    app.include_router(health.routes(desk))
    app.include_router(live.routes(desk))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(
        Access, desk=desk, table=Table(app.routes, NEEDS), refuse=partial(_refuse, desk, pages)
    )
    # The event stream must not be buffered, and Starlette's gzip leaves text/event-stream alone.
    app.add_middleware(GZipMiddleware, minimum_size=800, compresslevel=6)
    app.add_middleware(BodyLimit)
    app.add_middleware(OwnOrigin, hosts=desk.settings.allowed_hosts)
    app.add_middleware(SecureHeaders, collector=desk.collector)
    _explain_errors(app, desk, pages)
    return app


def _explain_errors(app: FastAPI, desk: Desk, pages: Pages) -> None:
    def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, AfterclickError)  # noqa: S101 - registered for this class only
        return _refuse(desk, pages, request, error)

    def theirs(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
        missing = "There is nothing at this address; the rail leads to what there is."
        sentence = missing if error.status_code == 404 else str(error.detail)
        return _answer(desk, pages, request, error.status_code, sentence)

    app.add_exception_handler(AfterclickError, ours)
    app.add_exception_handler(HTTPException, theirs)


def _refuse(desk: Desk, pages: Pages, request: Request, error: AfterclickError) -> Response:
    if isinstance(error, Unauthorized) and not _for_programs(request):
        return to_sign_in(request)
    if isinstance(error, FactorOwed) and not _for_programs(request):
        return led_to(request, second_factor.PATH)
    return _answer(desk, pages, request, error.status, str(error))


def _answer(desk: Desk, pages: Pages, request: Request, status: int, sentence: str) -> Response:
    if _for_programs(request):
        return JSONResponse({"error": sentence}, status)
    viewer: Viewer = request.state.viewer
    if not own_sites(desk, viewer):
        return pages.bare(request, "refused.html", "Not shown", sentence, status=status)
    lens = lens_of(desk, viewer, {})
    return pages.draw(request, "error.html", lens, "Not shown", sentence, timed=False, status=status)


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/live"))
