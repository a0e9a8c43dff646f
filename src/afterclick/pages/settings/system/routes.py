"""How the installation is doing, as a settings page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from afterclick.pages.settings.system.context import SystemPage, system_page
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages, json
from afterclick.web.lens import Lens, look

PATH = "/settings/system"


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /settings/system` and `GET /api/system`."""
    router = APIRouter()

    def read(lens: Lens) -> SystemPage:
        return system_page(desk.operations.vitals(), lens.now)

    @router.get(PATH, include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        lens = look(desk, request)
        return pages.draw(request, "settings/system/page.html", lens, "System", read(lens), timed=False)

    @router.get("/api/system")
    def api(request: Request) -> Response:
        return json(read(look(desk, request)))

    return router
