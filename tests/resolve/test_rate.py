"""What a problem costs now: the rate that figure, bar and order rest on."""

from typing import Literal

import msgspec
import pytest
from tests.web.shopfront import DAY, HOUR, NOW
from tests.web.troubles import a_problem

from afterclick.impact import Estimate, Interval
from afterclick.pages.problems.context import problems
from afterclick.resolve import Cause, Problem, at_risk, rate, whole_of


def priced(name: str, lost: float, lasted: int, recent: int | None = None, **changed: object) -> Problem:
    onset = NOW - lasted
    estimate = Estimate(
        status="priced",
        revenue_lost=Interval(lost, lost / 2, lost * 2),
        currency="EUR",
        since=onset,
        until=NOW,
    )
    made = a_problem(
        "s", id=name, onset=onset, last_seen=NOW, estimate=estimate, exposed_visits=200, recent_visits=recent
    )
    return msgspec.structs.replace(made, **changed)


@pytest.mark.parametrize(
    ("lasted", "recent", "an_hour"),
    [(10 * DAY, None, 10), (10 * DAY, 20, 10), (10 * DAY, 100, 50), (10 * DAY, 0, 0), (6 * HOUR, 200, 400)],
    ids=["never counted", "as ever", "five times as bad", "quiet now", "young"],
)
def test_the_rate_is_the_loss_of_a_visit_times_the_visits_of_the_last_day(
    lasted: int, recent: int | None, an_hour: float
) -> None:
    found = rate(priced("a", 2400, lasted, recent))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((an_hour, an_hour / 2, an_hour * 2))


def test_a_new_outage_that_burns_faster_comes_before_an_old_problem_that_cost_more_in_all() -> None:
    old, new = priced("old", 42_000, 10 * DAY, 20), priced("new", 900, HOUR, 200)
    assert at_risk(new) > at_risk(old)
    page = problems([old, new], NOW, "UTC")
    assert [(one.id, one.cost, one.per, one.total) for one in page.open] == [
        ("new", "€900", "an hour", "€900 in all"),
        ("old", "€175", "an hour", "€42,000 in all"),
    ]
    first, second = (one.whisker for one in page.open)
    assert first is not None
    assert second is not None
    assert first.value / second.value == pytest.approx(900 / 175, rel=0.01), (
        "the bars stand on the same basis"
    )
    assert "about €900 an hour" in page.answer.text


def test_a_problem_that_may_cost_nothing_comes_after_one_that_costs_for_sure() -> None:
    sure, vague = priced("sure", 900, HOUR, 200), priced("vague", 9000, HOUR, 200)
    assert vague.estimate is not None
    unclear = msgspec.structs.replace(vague.estimate, revenue_lost=Interval(9000, -50, 20_000))
    vague = msgspec.structs.replace(vague, estimate=unclear)
    assert at_risk(vague) == 0 < at_risk(sure)


def test_problems_that_are_all_old_are_compared_by_the_day() -> None:
    page = problems([priced("old", 42_000, 10 * DAY, 20)], NOW, "UTC")
    assert (page.open[0].cost, page.open[0].per) == ("€4,200", "a day")


def test_a_narrower_problem_with_the_same_cause_is_shown_as_a_part() -> None:
    whole = priced("whole", 9000, 2 * DAY, segment={})
    part = priced("part", 4000, 2 * DAY, segment={"card_network": "amex"})
    other = priced(
        "other", 4000, 2 * DAY, segment={"country": "DE"}, cause=Cause(kind="service", service="stock")
    )
    unknown = priced("unknown", 4000, 2 * DAY, segment={"country": "FR"}, cause=Cause(kind="unknown"))
    page = problems([part, whole, other, unknown], NOW, "UTC")
    by_id = {one.id: [part.href for part in one.parts] for one in page.open}
    assert by_id == {"whole": ["/problems/part"], "other": [], "unknown": []}
    assert page.open[0].parts[0].cost == "€2,000 a day of it"
    assert "2 other problems are open" in page.answer.text


@pytest.mark.parametrize("cause", ["unknown", "service"])
def test_only_a_known_cause_makes_a_part(cause: Literal["unknown", "service"]) -> None:
    same = Cause(kind=cause)
    whole, part = priced("w", 1, DAY, segment={}, cause=same), priced("p", 1, DAY, cause=same)
    assert whole_of(part, [part, whole]) is (whole if cause == "service" else None)
    assert whole_of(whole, [part, whole]) is None
