"""The set-up page: shown once, to who holds the link that the terminal printed."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.setup import Wanted
from afterclick.accounts.sites import zones as known_zones
from afterclick.errors import InvalidInput
from afterclick.pages.front.set_up.context import SetUpPage
from afterclick.pages.front.set_up.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.routing import Routes
from afterclick.web.sessions import keep, origin_of

Text = Annotated[str, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/set-up`."""
    added = Routes()
    accounts = desk.accounts
    zones = tuple(sorted(known_zones()))

    def form(request: Request, token: str, given: Wanted, wrong: str = "", status: int = 200) -> Response:
        page = SetUpPage(
            token, given.email, given.name, given.site, given.currency, given.timezone, wrong, timezones=zones
        )
        return drawing.bare(request, PAGE, page, status=status)

    @added.get(PAGE.path, needs=PAGE.needs)
    def page(request: Request, token: str = "") -> Response:
        if not accounts.set_up.is_open():
            return RedirectResponse("/sign-in", 303)
        accounts.set_up.check(token)
        defaults = Wanted("", "", "", "", desk.settings.currency, desk.settings.timezone)
        return form(request, token, defaults)

    @added.post(PAGE.path, needs=PAGE.needs)
    def finish(
        request: Request,
        token: Text = "",
        email: Text = "",
        name: Text = "",
        password: Text = "",
        site: Text = "",
        currency: Text = "",
        timezone: Text = "",
    ) -> Response:
        wanted = Wanted(email, name, password, site, currency.strip().upper(), timezone.strip())
        try:
            member = accounts.set_up.finish(token, wanted)
        except InvalidInput as error:
            return form(request, token, wanted, str(error), error.status)
        session = accounts.authentication.admit(member.id, origin_of(request))
        return keep(RedirectResponse("/connect", 303), request, session)

    return added
