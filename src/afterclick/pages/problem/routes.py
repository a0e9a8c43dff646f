"""One problem and its evidence, as pages and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from afterclick.pages.problem.context import EvidencePart, ProblemPage, evidence_part, problem_page
from afterclick.pages.problem.service_map import calls, service_map
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages, json
from afterclick.web.lens import Lens, look
from afterclick.words import withheld
from afterclick.words.marks import marks


def read(desk: Desk, lens: Lens, problem_id: str) -> ProblemPage:
    """What the page of one problem shows through the lens. Blocks."""
    problem = withheld.problem(desk.problems.problem(lens.scope.site, problem_id), lens.scope)
    return problem_page(problem, lens.now, lens.home.timezone)


def proof(desk: Desk, lens: Lens, problem_id: str) -> EvidencePart:
    """The evidence under one problem. Blocks."""
    problem = desk.problems.problem(lens.scope.site, problem_id)
    found = withheld.evidence(desk.evidence(lens.scope, problem), lens.scope)
    first = min((one.time for one in found.exposure), default=problem.onset)
    drawn = marks(desk.reader, lens.scope, first, lens.now)
    called = calls(desk.reader, lens.scope, problem.onset, problem.closed or lens.now)
    map_ = service_map(called, problem.cause.service, problem.cause.peer)
    return evidence_part(problem, found, map_, drawn, lens.now, lens.home.timezone)


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/problems/{id}` and `/problems/{id}/evidence`, and both under `/api`."""
    router = APIRouter()

    @router.get("/problems/{problem_id}", include_in_schema=False)
    def one_page(request: Request, problem_id: str) -> HTMLResponse:
        lens = look(desk, request)
        shown = read(desk, lens, problem_id)
        return pages.draw(request, "problem/page.html", lens, shown.title, shown, timed=False)

    @router.get("/problems/{problem_id}/evidence", include_in_schema=False)
    def evidence_page(request: Request, problem_id: str) -> HTMLResponse:
        lens = look(desk, request)
        return pages.part("problem/evidence.html", lens, proof(desk, lens, problem_id))

    @router.get("/api/problems/{problem_id}")
    def one_api(request: Request, problem_id: str) -> Response:
        lens = look(desk, request)
        return json(withheld.problem(desk.problems.problem(lens.scope.site, problem_id), lens.scope))

    @router.get("/api/problems/{problem_id}/evidence")
    def evidence_api(request: Request, problem_id: str) -> Response:
        return json(proof(desk, look(desk, request), problem_id))

    return router
