"""The visits, for programs."""

from fastapi import Request
from fastapi.responses import Response

from afterclick.pages.visits.page import PAGE, listed
from afterclick.web.desk import Desk
from afterclick.web.drawing import json
from afterclick.web.lens import look
from afterclick.web.routing import Routes


def routes(desk: Desk) -> Routes:
    """`GET /api/visits`."""
    added = Routes()

    @added.get("/api/visits", needs=PAGE.needs)
    def visits(request: Request) -> Response:
        return json(listed(desk, look(desk, request)))

    return added
