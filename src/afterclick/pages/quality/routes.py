"""Data quality, as a page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from afterclick.pages.quality.context import QualityPage, quality
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages, json
from afterclick.web.lens import Lens, look


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /quality` and `GET /api/quality`."""
    router = APIRouter()

    def read(lens: Lens) -> QualityPage:
        return quality(desk.reader, lens.scope, desk.health, lens.now, lens.home.timezone)

    @router.get("/quality", include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        lens = look(desk, request)
        return pages.draw(request, "quality/page.html", lens, "Data quality", read(lens), timed=False)

    @router.get("/api/quality")
    def api(request: Request) -> Response:
        return json(read(look(desk, request)))

    return router
