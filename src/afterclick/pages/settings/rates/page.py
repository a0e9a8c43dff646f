"""By which rates are orders in other currencies converted?"""

from datetime import UTC, date, datetime, timedelta
from decimal import Context
from zoneinfo import ZoneInfo

from afterclick.accounts.exchange_rates import VALID_DAYS, CurrencyRates
from afterclick.accounts.policy import Capability
from afterclick.pages.settings.rates.context import RateLine, RatesPage
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Section
from afterclick.words.figures import count, join, plural

_SHOWN = Context(prec=6)
"""A rate to six digits: as many as banks quote."""


def read(desk: Desk, lens: Lens) -> RatesPage:
    """What the page shows. Blocks."""
    home = lens.home
    today = datetime.fromtimestamp(lens.now / 1000, UTC).astimezone(ZoneInfo(home.timezone)).date()
    lines = tuple(_line(one, today) for one in desk.accounts.exchange_rates.summed(home))
    return RatesPage(_answer(lines, home.currency), lines, home.currency, today.isoformat())


def _answer(lines: tuple[RateLine, ...], into: str) -> str:
    if not lines:
        return f"No rate is stated: orders in other currencies than {into} stand apart from every total."
    ended = [line.currency for line in lines if line.ended]
    others = plural(len(lines), "other currency", "other currencies")
    opening = f"Orders in {others} count in {into} by the rate of their day"
    return f"{opening}; the rates of {join(ended)} have run out." if ended else f"{opening}."


def _line(one: CurrencyRates, today: date) -> RateLine:
    last = one.until + timedelta(days=VALID_DAYS)
    return RateLine(
        currency=one.currency,
        newest=f"{_SHOWN.create_decimal(one.newest):f} {one.into}",
        day=one.until.isoformat(),
        since=one.since.isoformat(),
        rates=count(one.rates),
        ended=f"orders after {last} are told apart" if last < today else "",
    )


PAGE = Page(
    path="/settings/rates",
    name="Exchange rates",
    needs=Capability.SITE,
    context=RatesPage,
    read=read,
    settings=Section(25),
)
