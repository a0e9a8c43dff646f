"""The set-up page: shown once, to who holds the link that the terminal printed."""

from dataclasses import dataclass
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.setup import Wanted
from afterclick.errors import InvalidInput
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.sessions import keep, origin_of

Text = Annotated[str, Form()]
CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "CZK", "DKK", "HUF", "NOK", "PLN", "RON", "SEK", "AED", "AUD", "BRL", "CAD", "CNY",
    "HKD", "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "NZD", "SGD", "THB", "TRY", "UAH", "ZAR",
)  # fmt: skip


@dataclass(frozen=True)
class SetUpPage:
    """The set-up page: its token, what was given so far, what was wrong with it, and what may be chosen."""

    token: str
    email: str
    name: str
    site: str
    currency: str
    timezone: str
    wrong: str = ""
    currencies: tuple[str, ...] = CURRENCIES
    timezones: tuple[str, ...] = ()


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/set-up`."""
    router = APIRouter(include_in_schema=False)
    accounts = desk.accounts
    zones = tuple(sorted(available_timezones()))

    def form(request: Request, token: str, given: Wanted, wrong: str = "", status: int = 200) -> Response:
        page = SetUpPage(
            token, given.email, given.name, given.site, given.currency, given.timezone, wrong, timezones=zones
        )
        return pages.bare(request, "front/set_up/page.html", "Set up", page, status=status)

    @router.get("/set-up")
    def page(request: Request, token: str = "") -> Response:
        if not accounts.set_up.is_open():
            return RedirectResponse("/sign-in", 303)
        accounts.set_up.check(token)
        defaults = Wanted("", "", "", "", desk.settings.currency, desk.settings.timezone)
        return form(request, token, defaults)

    @router.post("/set-up")
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

    return router
