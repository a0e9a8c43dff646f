"""The app itself: the routes of every page and of the frame, files, and headers."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from afterclick.accounts.policy import Capability
from afterclick.errors import Misconfigured
from afterclick.web import endpoint, health, live, read_pages, shared
from afterclick.web.access import Access, Table
from afterclick.web.assets_built import STATIC
from afterclick.web.body_limit import BodyLimit
from afterclick.web.description import described
from afterclick.web.desk import Desk
from afterclick.web.discovery import Folder
from afterclick.web.drawing import Drawing
from afterclick.web.endpoint import PREFIX
from afterclick.web.need import Need, Open
from afterclick.web.origin import OwnOrigin
from afterclick.web.page import Page
from afterclick.web.refusal import Refusal
from afterclick.web.routing import Routes
from afterclick.web.security import SecureHeaders
from afterclick.web.unforeseen import Unforeseen

DESCRIPTION = f"{PREFIX}/openapi.json"

_OWN: Mapping[tuple[str, str], Need] = {
    ("GET", "/static"): Open.ANYONE,
    ("GET", DESCRIPTION): Open.SIGNED_IN,
}
"""What FastAPI and Starlette answer by themselves."""


def create(desk: Desk, folders: Sequence[Folder]) -> FastAPI:
    """The dashboard over `desk`, with the pages of the folders.

    Raises Misconfigured when its assets have not been built, a route does not say what it needs, two pages have one
    address, or a page can be shared that more is needed for than seeing the site.
    """
    pages = {folder.name: folder.page for folder in folders if folder.page}
    _check(pages)
    drawing = Drawing(desk, pages, sorted({folder.root for folder in folders}))
    app = FastAPI(title="Afterclick", docs_url=None, redoc_url=None, openapi_url=DESCRIPTION)
    endpoints = [one for folder in folders for one in folder.endpoints]
    app.openapi = cache(partial(described, endpoints))
    needs = dict(_OWN)
    larger: dict[str, int] = {}
    for routes in chain(
        (endpoint.routes(desk, endpoints),),
        _of_pages(desk, drawing, folders),
        _of_the_frame(desk, drawing),
    ):
        routes.join(app)
        needs.update(routes.needs)
        larger.update(routes.larger)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.state.needs = Table(app.routes, needs)
    refusal = Refusal(desk, drawing)
    app.add_middleware(Unforeseen, say=refusal.failed)
    app.add_middleware(BodyLimit, refuse=refusal, larger=larger)
    app.add_middleware(Access, desk=desk, table=app.state.needs, refuse=refusal)
    # The event stream must not be buffered, and Starlette's gzip leaves text/event-stream alone.
    app.add_middleware(GZipMiddleware, minimum_size=800, compresslevel=6)
    app.add_middleware(OwnOrigin, hosts=desk.settings.allowed_hosts)
    app.add_middleware(SecureHeaders, collector=desk.collector)
    refusal.explain(app)
    return app


def needs_of(app: FastAPI) -> Mapping[tuple[str, str], Need]:
    """What each route of a dashboard needs, by method and path template."""
    table: Table = app.state.needs
    return table.needs


def _of_pages(desk: Desk, drawing: Drawing, folders: Sequence[Folder]) -> list[Routes]:
    found: list[Routes] = []
    for folder in folders:
        if folder.page:
            found.append(read_pages.routes(desk, drawing, folder.page))
        if folder.routes:
            found.append(folder.routes(desk, drawing))
    return found


def _of_the_frame(desk: Desk, drawing: Drawing) -> tuple[Routes, ...]:
    return shared.routes(desk, drawing), health.routes(desk), live.routes(desk)


def _check(pages: Mapping[str, Page[Any]]) -> None:
    at: dict[str, str] = {}
    for folder, page in pages.items():
        if (other := at.setdefault(page.path, folder)) != folder:
            raise Misconfigured(
                f"{folder} and {other} are both pages at {page.path}; give one another address."
            )
        if page.shared and (page.needs is not Capability.VIEW or page.read is None):
            raise Misconfigured(
                f"{folder} cannot be shared: a link shows what is read and needs `view` alone."
            )
