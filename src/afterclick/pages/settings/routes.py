"""`GET /settings`."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from afterclick.errors import Forbidden
from afterclick.pages.settings.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """Leads to the first page that the viewer may open."""
    added = Routes()

    @added.get(PAGE.path, needs=PAGE.needs)
    def first(request: Request) -> Response:
        lens = look(desk, request)
        for page in drawing.settings(lens):
            return RedirectResponse(lens.link(page.path), 303)
        raise Forbidden("There is no settings page for your role.")

    return added
