"""Problems, one problem and its evidence, as pages and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from afterclick.report import withheld
from afterclick.report.marks import marks
from afterclick.report.problem import EvidencePart, ProblemPage, evidence_part, problem_page
from afterclick.report.problems import ProblemsPage, problems
from afterclick.report.service_map import calls, service_map
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens, look
from afterclick.web.pages import Pages, json


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
    """`/problems`, `/problems/{id}`, `/problems/{id}/evidence`, and each under `/api`."""
    router = APIRouter()

    def listed(lens: Lens) -> ProblemsPage:
        found = withheld.problems(desk.problems.problems(lens.scope.site), lens.scope)
        return problems(found, lens.now, lens.home.timezone)

    @router.get("/problems", include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        lens = look(desk, request)
        return pages.draw(request, "problems.html", lens, "Problems", listed(lens), timed=False)

    @router.get("/problems/{problem_id}", include_in_schema=False)
    def one_page(request: Request, problem_id: str) -> HTMLResponse:
        lens = look(desk, request)
        shown = read(desk, lens, problem_id)
        return pages.draw(request, "problem.html", lens, shown.title, shown, timed=False)

    @router.get("/problems/{problem_id}/evidence", include_in_schema=False)
    def evidence_page(request: Request, problem_id: str) -> HTMLResponse:
        lens = look(desk, request)
        return pages.part("evidence.html", lens, proof(desk, lens, problem_id))

    @router.get("/api/problems")
    def api(request: Request) -> Response:
        return json(listed(look(desk, request)))

    @router.get("/api/problems/{problem_id}")
    def one_api(request: Request, problem_id: str) -> Response:
        lens = look(desk, request)
        return json(withheld.problem(desk.problems.problem(lens.scope.site, problem_id), lens.scope))

    @router.get("/api/problems/{problem_id}/evidence")
    def evidence_api(request: Request, problem_id: str) -> Response:
        return json(proof(desk, look(desk, request), problem_id))

    return router
