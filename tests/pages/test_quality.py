"""What Data quality says of a queue and of a site gone quiet, at the limits where a word becomes a worry."""

from dataclasses import replace

import httpx
import pytest
from tests.web.desks import BUSY, Doors, served
from tests.web.markup import Page
from tests.web.shopfront import HOUR, NOW

from afterclick import web
from afterclick.pages import dashboard
from afterclick.visits.routes import LearnedRoute
from afterclick.web.intake import Intake

MINUTE = 60_000


@pytest.mark.parametrize(
    ("behind", "worry"),
    [(MINUTE, False), (MINUTE + 1, True), (HOUR, True)],
    ids=["a minute", "more", "an hour"],
)
def test_a_queue_is_a_worry_once_its_oldest_record_is_over_a_minute_old(
    empty_desk: web.Desk, behind: int, worry: bool
) -> None:
    intake = replace(BUSY, oldest_waiting=NOW - behind)
    assert worries(empty_desk, intake, "Queue") is worry


@pytest.mark.parametrize(("quiet", "worry"), [(HOUR, False), (HOUR + 1, True)])
def test_a_site_is_a_worry_once_nothing_came_for_over_an_hour(
    empty_desk: web.Desk, quiet: int, worry: bool
) -> None:
    intake = replace(BUSY, last_received=NOW - quiet)
    assert worries(empty_desk, intake, "Freshness") is worry


def worries(desk: web.Desk, intake: Intake, check: str) -> bool:
    """Whether the page says that a check needs a look."""
    asked = replace(desk, health=Doors(intake))
    with served(dashboard(asked), asked.live) as url:
        page = Page(httpx.get(f"{url}/quality").text)
    (heading,) = [one for one in page.all("dt") if check in one.text]
    return "needs a look" in heading.text


def test_learned_routes_stand_with_the_rule_that_takes_them_back(empty_desk: web.Desk) -> None:
    learned = LearnedRoute("/shop/:slug", "structure", ("sale",), "s /shop/* -> =")

    def routes(site: str) -> tuple[LearnedRoute, ...]:
        return (learned,) if site == empty_desk.scope.site else ()

    asked = replace(empty_desk, routes=routes)
    with served(dashboard(asked), asked.live) as url:
        page, data = httpx.get(f"{url}/quality").text, httpx.get(f"{url}/api/v1/quality").json()
    codes = [one.text for one in Page(page).all("code")]
    assert {"/shop/:slug", "s /shop/* -> ="} <= set(codes)
    assert "These keep their names: sale." in page
    assert data["routes"][0]["rule"] == "s /shop/* -> ="
