"""What is said of a change: when it is one, in which unit, and why there is none."""

import math
import random

import pytest

from afterclick.measure import Measured
from afterclick.stats.difference import apart, of_totals
from afterclick.stats.interval import Interval
from afterclick.stats.proportion import newcombe, wilson
from afterclick.words.change import change, uncompared


def share(hits: int, n: int) -> Measured:
    found = wilson(hits, n)
    return Measured(found.value, n, interval=found)


def counted(pairs: list[tuple[float, float]]) -> tuple[Measured, Measured]:
    return Measured(sum(one for one, _ in pairs), 1), Measured(sum(other for _, other in pairs), 1)


def test_shares_differ_in_points() -> None:
    told = change(share(420, 10_000), share(300, 10_000), "share", "more")
    assert (told.words, told.unit) == ("up 1.2 points, which is good", "points")
    assert told.difference is not None
    assert told.difference.value == pytest.approx(1.2)
    assert "relative" not in told.words


@pytest.mark.parametrize(
    ("now", "before", "clear"),
    [((34, 1000), (30, 1000), False), ((60, 1000), (30, 1000), True), ((3, 100), (2, 100), False)],
)
def test_a_change_within_noise_is_none(now: tuple[int, int], before: tuple[int, int], clear: bool) -> None:
    told = change(share(*now), share(*before), "share", "more")
    assert told.noise is not clear
    assert (told.good is None) is not clear
    assert told.words == ("no clear change" if not clear else told.words)
    exact = newcombe(*now, *before)
    assert told.difference is not None
    assert told.difference.low == pytest.approx(exact.low * 100)


def test_one_per_cent_more_visits_where_they_wander_by_ten_is_noise() -> None:
    rng = random.Random(3)
    pairs = [(1010 * rng.gauss(1, 0.1), 1000 * rng.gauss(1, 0.1)) for _ in range(28)]
    told = change(*counted(pairs), "count", "more", pairs)
    assert (told.noise, told.good) == (True, None)


def test_a_third_fewer_visits_is_a_change() -> None:
    rng = random.Random(4)
    pairs = [(670 * rng.gauss(1, 0.1), 1000 * rng.gauss(1, 0.1)) for _ in range(28)]
    told = change(*counted(pairs), "count", "more", pairs)
    assert told.words.startswith("down 3")
    assert told.words.endswith("%, which is bad")


@pytest.mark.parametrize(
    ("visits", "now", "before", "why"),
    [
        (0, 28, 0, "nothing was measured before"),
        (34, 28, 3, "only 34 visits before; 100 are compared"),
        (99, 28, 28, "only 99 visits before; 100 are compared"),
        (5000, 28, 13, "only part of the time before was measured"),
        (100, 28, 14, ""),
    ],
)
def test_a_stretch_that_cannot_be_compared_with_says_why(
    visits: int, now: int, before: int, why: str
) -> None:
    """34 visits in the stretch before made "Visits ↑ 874 %, good"."""
    assert uncompared(visits, now, before) == why
    pairs = [(332.0, 34.0)] * 28
    told = change(*counted(pairs), "count", "more", pairs, uncompared(visits, now, before))
    assert told.words == (why or "up 9.76×, which is good")


def test_what_is_unknown_has_no_change_and_what_was_unknown_says_so() -> None:
    nothing = Measured(None, 3)
    assert change(nothing, share(3, 100), "share", "more").words == ""
    assert change(share(3, 100), nothing, "share", "more").words == "unknown before"
    assert change(Measured(5.0, 1), Measured(0.0, 0), "count", "more", [(1, 0)] * 5).words == "none before"


def test_the_interval_of_two_totals_holds_no_difference_as_often_as_it_says() -> None:
    rng, held = random.Random(11), 0
    for _ in range(400):
        pairs = [(rng.gauss(100, 20), rng.gauss(100, 20)) for _ in range(7)]
        found = of_totals(pairs)
        assert found is not None
        held += found.low <= 0 <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_few_pairs_say_nothing_and_counts_wander_by_chance_at_least() -> None:
    assert of_totals([(1, 2)] * 3) is None
    found = of_totals([(110, 100)] * 4, least=840)
    assert found is not None
    assert found.high - found.value > 1.96 * math.sqrt(840)


def test_the_interval_of_a_difference_is_newcombes_for_shares() -> None:
    found, exact = apart(wilson(30, 200), wilson(12, 180)), newcombe(30, 200, 12, 180)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    assert apart(Interval(1, 1, 1), Interval(1, 1, 1)).value == 0
