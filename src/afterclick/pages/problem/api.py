"""One problem and its evidence, for programs."""

from fastapi import Request
from fastapi.responses import Response

from afterclick.pages.problem.page import PAGE, proof
from afterclick.web.desk import Desk
from afterclick.web.drawing import json
from afterclick.web.lens import look
from afterclick.web.routing import Routes
from afterclick.words import withheld


def routes(desk: Desk) -> Routes:
    """`GET /api/problems/{id}` and `GET /api/problems/{id}/evidence`."""
    added = Routes()

    @added.get("/api/problems/{problem_id}", needs=PAGE.needs)
    def problem(request: Request, problem_id: str) -> Response:
        lens = look(desk, request)
        return json(withheld.problem(desk.problems.problem(lens.scope.site, problem_id), lens.scope))

    @added.get("/api/problems/{problem_id}/evidence", needs=PAGE.needs)
    def evidence(request: Request, problem_id: str) -> Response:
        return json(proof(desk, look(desk, request)))

    return added
