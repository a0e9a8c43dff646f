"""How the installation is doing, for programs."""

from fastapi import Request
from fastapi.responses import Response

from afterclick.pages.settings.system.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import json
from afterclick.web.lens import look
from afterclick.web.routing import Routes


def routes(desk: Desk) -> Routes:
    """`GET /api/system`."""
    added = Routes()

    @added.get("/api/system", needs=PAGE.needs)
    def system(request: Request) -> Response:
        return json(read(desk, look(desk, request)))

    return added
