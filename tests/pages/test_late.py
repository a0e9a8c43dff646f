"""What jobs keep up to date says everywhere when it is late: in the top bar, on Data quality, /readyz, the Overview."""

from dataclasses import replace

import httpx
import pytest
from tests.web.desks import served
from tests.web.shopfront import NOW

from afterclick import web
from afterclick.jobs import Freshness
from afterclick.pages import dashboard
from afterclick.web.vitals import NothingKnown

MINUTE = 60_000


class Knows(NothingKnown):
    """Operations that know how fresh things are."""

    def __init__(self, *found: Freshness) -> None:
        self._found = found

    def freshness(self) -> tuple[Freshness, ...]:
        return self._found


def problems(age: int | None, *, late: bool) -> Freshness:
    return Freshness("watch", "problems", "checked", None if age is None else NOW - age, 195_000, late)


def people(age: int, *, late: bool) -> Freshness:
    return Freshness("identity", "people", "resolved", NOW - age, 190_000, late)


def shown(desk: web.Desk, path: str, *fresh: Freshness) -> httpx.Response:
    asked = replace(desk, operations=Knows(*fresh))
    with served(dashboard(asked), asked.live) as url:
        return httpx.get(f"{url}{path}")


@pytest.mark.parametrize(
    ("fresh", "says", "amber"),
    [
        (problems(20_000, late=False), "problems checked 20\u00a0s ago", False),
        (problems(22 * MINUTE, late=True), "problems checked 22\u00a0min ago", True),
        (problems(None, late=False), "problems not checked yet", False),
        (problems(None, late=True), "problems not checked yet", True),
    ],
)
@pytest.mark.parametrize("path", ["/", "/problems", "/visits", "/quality"])
def test_every_page_says_when_problems_were_last_looked_for(
    shop_desk: web.Desk, path: str, fresh: Freshness, says: str, amber: bool
) -> None:
    html = shown(shop_desk, path, fresh).text
    assert says in html
    assert ('class="live" data-late' in html) is amber


def test_data_quality_asks_for_a_look_at_what_is_late_and_only_at_that(shop_desk: web.Desk) -> None:
    html = shown(shop_desk, "/quality", problems(22 * MINUTE, late=True), people(9_000, late=False)).text
    assert "late: due every 3\u00a0min 15\u00a0s; pages show what was known then" in html
    assert html.count("late: due every") == 1
    assert "resolved 9\u00a0s ago" in html


def test_what_is_late_is_a_worry_of_readyz_and_no_reason_to_send_nobody_there(shop_desk: web.Desk) -> None:
    answer = shown(shop_desk, "/readyz", problems(22 * MINUTE, late=True), people(9_000, late=False))
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    (worry,) = answer.json()["worries"]
    assert worry.replace("\u00a0", " ").startswith("Problems: last checked 22 min ago")
    assert shown(shop_desk, "/readyz", problems(20_000, late=False)).json() == {"status": "ready"}


@pytest.mark.parametrize("late", [True, False])
def test_people_that_are_stale_say_as_of_when(shop_desk: web.Desk, late: bool) -> None:
    html = shown(shop_desk, "/", people(25 * MINUTE, late=late)).text
    tile = html.split('id="tile-people"')[1].split('id="tile-')[0]
    assert ("as of " in tile) is late


@pytest.mark.parametrize("late", [True, False])
def test_the_price_of_an_open_problem_says_beside_it_when_it_is_late(shop_desk: web.Desk, late: bool) -> None:
    prices = Freshness("price", "prices", "estimated", NOW - 25 * MINUTE, 195_000, late)
    [dearest, *_] = shop_desk.problems.problems(shop_desk.scope.site, "open")
    html = shown(shop_desk, f"/problems/{dearest.id}", prices).text
    assert ("This price is late, as of " in html) is late


def test_programs_are_told_as_of_when_people_and_problems_are(shop_desk: web.Desk) -> None:
    fresh = (problems(20_000, late=False), people(25 * MINUTE, late=True))
    quality = shown(shop_desk, "/api/v1/quality", *fresh).json()
    assert [(one["job"], one["as_of"], one["late"]) for one in quality["freshness"]] == [
        ("watch", NOW - 20_000, False),
        ("identity", NOW - 25 * MINUTE, True),
    ]
    overview = shown(shop_desk, "/api/v1/overview", *fresh).json()
    by_key = {one["key"]: one["as_of"] for one in overview["did"]}
    assert by_key == {"visits": None, "people": NOW - 25 * MINUTE, "conversion": None}
