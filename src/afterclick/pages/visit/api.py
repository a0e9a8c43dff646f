"""One visit, for programs."""

from fastapi import Request
from fastapi.responses import Response

from afterclick.pages.visit.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import json
from afterclick.web.lens import look
from afterclick.web.routing import Routes


def routes(desk: Desk) -> Routes:
    """`GET /api/visits/{id}`."""
    added = Routes()

    @added.get("/api/visits/{visit_id}", needs=PAGE.needs)
    def visit(request: Request, visit_id: str) -> Response:
        return json(read(desk, look(desk, request)))

    return added
