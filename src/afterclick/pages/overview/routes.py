"""Overview, as a page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from afterclick.pages.overview.context import OverviewPage, overview
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages, json
from afterclick.web.lens import Lens, look
from afterclick.words.marks import marks


def read(desk: Desk, lens: Lens) -> OverviewPage:
    """What the page shows through the lens. Blocks."""
    site, span = lens.scope.site, lens.period
    opened = desk.problems.problems(site, "open")
    drawn = marks(desk.reader, lens.scope, span.since, span.until)
    risk = desk.at_risk(lens.scope)
    return overview(desk.reader, lens.scope, span, opened, risk, drawn, lens.now, lens.home.currency)


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /` and `GET /api/overview`."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        lens = look(desk, request)
        return pages.draw(request, "overview/page.html", lens, "Overview", read(desk, lens))

    @router.get("/api/overview")
    def api(request: Request) -> Response:
        return json(read(desk, look(desk, request)))

    return router
