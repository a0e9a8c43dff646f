"""Data quality, for programs."""

from fastapi import Request
from fastapi.responses import Response

from afterclick.pages.quality.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import json
from afterclick.web.lens import look
from afterclick.web.routing import Routes


def routes(desk: Desk) -> Routes:
    """`GET /api/quality`."""
    added = Routes()

    @added.get("/api/quality", needs=PAGE.needs)
    def quality(request: Request) -> Response:
        return json(read(desk, look(desk, request)))

    return added
