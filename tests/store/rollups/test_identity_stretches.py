"""The stretches in which visits are numbered: all of them, none large, none over the turn of a month."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from afterclick.store.rollups.identity import QUARTER, SLICE, Stretch, crowded_months, stretches

QUARTERS = st.dictionaries(st.integers(1_900_000, 1_910_000), st.integers(1, 2 * SLICE), max_size=60).map(
    lambda found: [
        {"since": number * QUARTER, "visits": found[number]} for number in sorted(found, reverse=True)
    ]
)


@given(QUARTERS)
def test_every_quarter_of_an_hour_lies_in_one_period_and_no_period_is_larger_than_a_slice(
    quarters: list[dict[str, int]],
) -> None:
    found = stretches(quarters)
    assert found == sorted(found, reverse=True)
    assert all(later.since >= earlier.until for later, earlier in pairwise(found))
    for stretch in found:
        inside = [one for one in quarters if stretch.since <= one["since"] < stretch.until]
        assert sum(one["visits"] for one in inside) == stretch.visits
        assert stretch.visits <= SLICE or len(inside) == 1
    assert sum(stretch.visits for stretch in found) == sum(one["visits"] for one in quarters)


@given(QUARTERS)
def test_no_period_reaches_over_the_turn_of_a_month(quarters: list[dict[str, int]]) -> None:
    for stretch in stretches(quarters):
        first, last = (
            datetime.fromtimestamp(time / 1000, UTC) for time in (stretch.since, stretch.until - 1)
        )
        assert (first.year, first.month) == (last.year, last.month)


def test_only_months_with_more_than_a_slice_of_visits_are_merged() -> None:
    june = 1_780_272_000_000  # 2026-06-01
    linked = [
        Stretch(june, june + QUARTER, SLICE),
        Stretch(june - QUARTER, june, SLICE),
        Stretch(june - 9, june, 1),
    ]
    assert crowded_months(linked) == [202605]
