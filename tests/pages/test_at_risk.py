"""What the Overview and the API say of revenue at risk: of which problems, which window, made when, and how late."""

from dataclasses import replace

import httpx
import pytest
from tests.web.desks import Book, served
from tests.web.markup import Page
from tests.web.shopfront import DAY, HOUR, NOW
from tests.web.troubles import a_problem

from afterclick import web
from afterclick.impact import AtRisk, Estimate, Together
from afterclick.pages import dashboard
from afterclick.resolve import Problem
from afterclick.stats import Interval
from afterclick.store.scope import Scope

MINUTE = 60_000


def priced(until: int, lost: float) -> Estimate:
    interval = Interval(lost, lost * 0.8, lost * 1.2)
    return Estimate(
        status="priced", revenue_lost=interval, orders_lost=interval, n_exposed=402, currency="EUR",
        method="doubly robust", since=until - DAY, until=until,
    )  # fmt: skip


def seen(desk: web.Desk, opened: list[Problem], risk: AtRisk) -> tuple[dict[str, str], dict[str, object]]:
    """The two tiles' words, and the API's answer."""

    def at_risk(scope: Scope) -> AtRisk:
        return risk

    asked = replace(desk, problems=Book(opened), at_risk=at_risk)
    with served(dashboard(asked), asked.live) as url:
        page = Page(httpx.get(f"{url}/").text)
        told = httpx.get(f"{url}/api/v1/overview").json()
    tiles = {name: _by_id(page, f"tile-{name}").replace("\u00a0", " ") for name in ("risk", "everything")}
    return tiles, told


def test_open_problems_together_and_everything_felt_stand_apart_each_with_window_and_time(
    shop_desk: web.Desk,
) -> None:
    opened = [a_problem(shop_desk.scope.site, id=name) for name in ("a", "b")]
    risk = AtRisk(
        Together(problems=("a", "b"), estimate=priced(NOW - 3 * MINUTE, 5100)),
        priced(NOW - 3 * MINUTE, 17_700),
    )
    tiles, told = seen(shop_desk, opened, risk)
    assert "€5,100" in tiles["risk"]
    assert "402 visits that met any of 2 open problems, yesterday 11:17 to today 11:17" in tiles["risk"]
    assert "counted once" in tiles["risk"]
    assert "estimated 3 min ago" in tiles["risk"]
    assert "Method: doubly robust" in tiles["risk"]
    assert "€17,700" in tiles["everything"]
    assert "met anything slow, broken or frustrating" in tiles["everything"]
    assert told["at_risk_problems"] == ["a", "b"]
    figures = {name: told[name] for name in ("revenue_at_risk", "revenue_felt")}
    assert {name: (one["value"], one["as_of"]) for name, one in figures.items()} == {  # pyright: ignore
        "revenue_at_risk": (5100, NOW - 3 * MINUTE),
        "revenue_felt": (17_700, NOW - 3 * MINUTE),
    }


def _by_id(page: Page, wanted: str) -> str:
    (found,) = [one for one in page.elements if one.get("id") == wanted]
    return " ".join(found.text.split())


@pytest.mark.parametrize(("minutes", "late"), [(5, False), (9, False), (10, True), (26 * 60, True)])
def test_an_estimate_that_is_late_says_as_of_when(shop_desk: web.Desk, minutes: int, late: bool) -> None:
    until = NOW - minutes * MINUTE
    risk = AtRisk(Together(problems=("a",), estimate=priced(until, 5100)), priced(until, 17_700))
    tiles, _ = seen(shop_desk, [a_problem(shop_desk.scope.site, id="a")], risk)
    for words in tiles.values():
        assert ("as of " in words) is late
        words = words.replace("\u00a0", " ")
        assert ("estimated 5 min ago" in words or "estimated 9 min ago" in words) is not late


def test_a_problem_opened_since_the_estimate_is_said_to_be_missing(shop_desk: web.Desk) -> None:
    opened = [a_problem(shop_desk.scope.site, id=name) for name in ("a", "b")]
    risk = AtRisk(Together(problems=("a",), estimate=priced(NOW - MINUTE, 5100)))
    tiles, _ = seen(shop_desk, opened, risk)
    assert "1 problem opened since is not in it" in tiles["risk"]
    assert "not estimated yet" in tiles["everything"]


def test_while_no_problem_is_open_nothing_is_at_risk_whatever_was_estimated(shop_desk: web.Desk) -> None:
    risk = AtRisk(Together(problems=("a",), estimate=priced(NOW - HOUR, 5100)), priced(NOW - MINUTE, 900))
    tiles, told = seen(shop_desk, [], risk)
    assert "nothing" in tiles["risk"]
    assert "no problem is open" in tiles["risk"]
    assert "5,100" not in tiles["risk"]
    assert "€900" in tiles["everything"]
    assert told["revenue_at_risk"]["value"] == 0  # pyright: ignore
    assert told["at_risk_problems"] == []
