"""Asking the identity provider whether it answers."""

from fastapi import Request
from fastapi.responses import Response

from afterclick.errors import AfterclickError, NotFound
from afterclick.pages.settings.installation.context import Asked, installation_page
from afterclick.pages.settings.installation.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.provider import redirect_address
from afterclick.web.routing import Routes


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """Posting to the page asks the provider what it publishes, and draws the page with that."""
    added = Routes()

    @added.post(PAGE.path, needs=PAGE.needs)
    def ask(request: Request) -> Response:
        single = desk.accounts.single_sign_on
        if single is None:
            raise NotFound("No OpenID Connect provider is set up here; see docs/keys.md.")
        try:
            asked = Asked(True, f"The provider answers: people are sent to {single.ask()} to sign in.")
        except AfterclickError as error:
            asked = Asked(False, str(error))
        lens = look(desk, request)
        shown = installation_page(desk.settings, redirect_address(lens.origin), asked)
        return drawing.page(request, PAGE, lens, shown)

    return added
