"""How a site is connected, for programs."""

from fastapi import Request
from fastapi.responses import Response

from afterclick.pages.connect.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import json
from afterclick.web.lens import look
from afterclick.web.routing import Routes


def routes(desk: Desk) -> Routes:
    """`GET /api/connect`."""
    added = Routes()

    @added.get("/api/connect", needs=PAGE.needs)
    def connect(request: Request) -> Response:
        return json(read(desk, look(desk, request)))

    return added
