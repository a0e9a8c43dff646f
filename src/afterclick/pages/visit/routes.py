"""One visit, as a page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from afterclick.accounts.policy import Capability
from afterclick.customers import person_of
from afterclick.journeys import visit
from afterclick.pages.visit.context import VisitPage, visit_page
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages, json
from afterclick.web.lens import Lens, look
from afterclick.words import withheld


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /visits/{id}`, and the same under `/api`."""
    router = APIRouter()

    def read(lens: Lens, visit_id: str) -> VisitPage:
        found = visit(desk.reader, lens.scope, visit_id)
        desk.keyring.audit.record(lens.viewer, "visit.view", found.head.session_id, lens.scope.site)
        known = lens.may(Capability.PERSONAL)
        person = person_of(desk.reader, lens.scope, found.head.session_id) if known else None
        return visit_page(withheld.visit(found, lens.scope), person, lens.home.timezone)

    @router.get("/visits/{visit_id}", include_in_schema=False)
    def page(request: Request, visit_id: str) -> HTMLResponse:
        lens = look(desk, request)
        return pages.draw(request, "visit/page.html", lens, "Visit", read(lens, visit_id), timed=False)

    @router.get("/api/visits/{visit_id}")
    def api(request: Request, visit_id: str) -> Response:
        return json(read(look(desk, request), visit_id))

    return router
