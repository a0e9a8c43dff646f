"""The Overview says that visits have stopped coming before anything else."""

from dataclasses import replace

import httpx
from tests.web.desks import Book, served
from tests.web.markup import Page
from tests.web.shopfront import DAY, NOW
from tests.web.troubles import a_problem

from afterclick import web
from afterclick.pages import dashboard
from afterclick.resolve import Silence
from afterclick.store.scope import Scope

SINCE = NOW - 38 * 60_000


def first_line(desk: web.Desk, found: Silence | None, period: str = "24h") -> tuple[str, str]:
    """On the page, and by the API."""

    def silence(scope: Scope) -> Silence | None:
        return found

    asked = replace(desk, silence=silence, problems=Book([a_problem(desk.scope.site)]))
    with served(dashboard(asked), asked.live) as url:
        page = Page(httpx.get(f"{url}/", params={"period": period}).text)
        told = httpx.get(f"{url}/api/v1/overview", params={"period": period}).json()
    return page.answer, str(told["sentence"])


def test_the_overview_begins_with_since_when_nobody_came_and_how_many_come_at_these_hours(
    shop_desk: web.Desk,
) -> None:
    page, told = first_line(shop_desk, Silence(SINCE, 120, 180, 14))
    assert told == (
        "No visit has come since today 10:42; at these hours 120 to 180 began on each of the 14 days before. "
        "See whether the site is up and still connected."
    )
    assert page == told


def test_without_a_silence_and_in_a_period_before_it_the_overview_begins_as_always(
    shop_desk: web.Desk,
) -> None:
    assert "No visit has come" not in first_line(shop_desk, None)[1]
    earlier = f"{NOW - 3 * DAY}..{NOW - 2 * DAY}"
    assert "No visit has come" not in first_line(shop_desk, Silence(SINCE, 120, 180, 14), earlier)[1]
