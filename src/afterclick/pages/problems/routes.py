"""Problems, as a page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from afterclick.pages.problems.context import ProblemsPage, problems
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages, json
from afterclick.web.lens import Lens, look
from afterclick.words import withheld


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /problems` and `GET /api/problems`."""
    router = APIRouter()

    def read(lens: Lens) -> ProblemsPage:
        found = withheld.problems(desk.problems.problems(lens.scope.site), lens.scope)
        return problems(found, lens.now, lens.home.timezone)

    @router.get("/problems", include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        lens = look(desk, request)
        return pages.draw(request, "problems/page.html", lens, "Problems", read(lens), timed=False)

    @router.get("/api/problems")
    def api(request: Request) -> Response:
        return json(read(look(desk, request)))

    return router
