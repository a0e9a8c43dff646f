"""Who is hit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from afterclick.resolve.segment import Sides, baselines, choose, penalties

KEYS = ("", "browser=A", "browser=B", "card=x", "card=y", "card=z")
SIZES = np.array([6000.0, 4000, 2000, 3000, 2000, 1000])


def chosen(since: np.ndarray, share_since: list[float], baseline: float = 0.01) -> str:
    sides = Sides(since, since * np.asarray(share_since), SIZES * 10, SIZES * 10 * baseline)
    return KEYS[choose(sides, penalties(KEYS, 21)).index]


def spread_over_cards(x: float, y: float, z: float) -> list[float]:
    """Share of each key when only the card matters; browsers hold all cards alike."""
    mean = (3 * x + 2 * y + z) / 6
    return [mean, mean, mean, x, y, z]


@given(st.floats(0.15, 0.95))
def test_an_excess_in_one_value_alone_is_told_of_that_value(share: float) -> None:
    assert chosen(SIZES, spread_over_cards(0.01, 0.01, share)) == "card=z"


@given(st.floats(0.06, 0.9), st.floats(0.3, 1.0), st.floats(0.3, 1.0))
def test_an_excess_that_every_value_shares_is_told_of_everyone(share: float, y: float, z: float) -> None:
    assert chosen(SIZES, spread_over_cards(share, share * y, share * z)) == ""


def test_two_of_three_values_are_told_as_everyone_rather_than_half_the_truth() -> None:
    assert chosen(SIZES, spread_over_cards(0.4, 0.4, 0.01)) == ""


def test_two_exposed_arrivals_that_happen_to_share_a_value_are_not_yet_a_segment() -> None:
    since = np.array([4.0, 3, 1, 2, 1, 1])
    assert chosen(since, [0.5, 2 / 3, 0, 0.5, 0.5, 0.5]) == ""


def test_a_value_that_everyone_has_since_the_onset_is_not_told_apart_from_everyone() -> None:
    since = np.array([6000.0, 6000, 0, 3000, 2000, 1000])
    sides = Sides(
        since, since * 0.5, SIZES * 10, SIZES * 10 * np.array([0.012, 0.01, 0.016, 0.012, 0.012, 0.012])
    )
    assert KEYS[choose(sides, penalties(KEYS, 21)).index] == ""


def test_of_several_faults_none_is_told_of_a_value_that_everyone_has_since_the_onset() -> None:
    since = np.array([6000.0, 6000, 0, 3000, 2000, 1000])
    sides = Sides(
        since, since * 0.5, SIZES * 10, SIZES * 10 * np.array([0.02, 0.001, 0.06, 0.02, 0.02, 0.02])
    )
    assert KEYS[choose(sides, penalties(KEYS, 21), alone=False).index] == ""


def test_a_value_without_history_has_the_baseline_of_everyone() -> None:
    found = baselines(np.array([1000.0, 0.0, 980.0]), np.array([0.0, 0.0, 0.0]))
    assert found[1] == found[0] == 0.5 / 1001
    assert found[2] < found[0]


def test_of_two_routes_that_failed_at_different_times_the_one_that_fails_now_is_told() -> None:
    keys = ("", "route=/a", "route=/b")
    # The other failed for a while before the onset, which raises everyone's share of that time.
    sides = Sides(
        np.array([41.0, 29, 12]),
        np.array([18.0, 16, 2]),
        np.array([242.0, 51, 191]),
        np.array([17.0, 0, 17]),
    )
    assert keys[choose(sides, penalties(keys, 4)).index] == "route=/a"


def test_a_value_that_was_counted_later_than_everyone_and_holds_more_is_no_error() -> None:
    since, before = np.array([100.0, 130.0]), np.array([900.0, 950.0])
    sides = Sides(since, np.array([40.0, 60.0]), before, np.array([9.0, 40.0]))
    with np.errstate(all="raise"):
        assert choose(sides, penalties(("", "card=x"), 21)).index == 0
