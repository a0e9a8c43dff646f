"""Connect, as a page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from afterclick.pages.connect.context import ConnectPage, connect
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages, json, key_of
from afterclick.web.lens import Lens, look


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /connect` and `GET /api/connect`."""
    router = APIRouter()

    def read(lens: Lens) -> ConnectPage:
        return connect(lens.home, key_of(desk, lens.home.id), desk.collector, desk.health, lens.now)

    @router.get("/connect", include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        lens = look(desk, request)
        return pages.draw(request, "connect/page.html", lens, "Connect", read(lens), timed=False)

    @router.get("/api/connect")
    def api(request: Request) -> Response:
        return json(read(look(desk, request)))

    return router
