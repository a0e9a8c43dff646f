"""The installation's own settings, read-only, as a settings page; and whether its identity provider answers."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from afterclick.errors import AfterclickError, NotFound
from afterclick.pages.front.oidc.routes import redirect_address
from afterclick.pages.settings.installation.context import Asked, installation_page
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import look

PATH = "/settings/installation"


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /settings/installation`; posting there asks the provider what it publishes, and draws the page with that."""
    router = APIRouter(include_in_schema=False)

    def draw(request: Request, asked: Asked | None = None) -> Response:
        page = installation_page(desk.settings, redirect_address(request), asked)
        return pages.draw(
            request, "settings/installation/page.html", look(desk, request), "Installation", page, timed=False
        )

    @router.get(PATH)
    def page(request: Request) -> Response:
        return draw(request)

    @router.post(PATH)
    def ask(request: Request) -> Response:
        single = desk.accounts.single_sign_on
        if single is None:
            raise NotFound("No OpenID Connect provider is set up here; see docs/keys.md.")
        try:
            asked = Asked(True, f"The provider answers: people are sent to {single.ask()} to sign in.")
        except AfterclickError as error:
            asked = Asked(False, str(error))
        return draw(request, asked)

    return router
