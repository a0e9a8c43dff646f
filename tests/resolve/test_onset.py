"""When a share changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterclick.resolve.onset import FAR, change_point, stretch, two_shares


@given(st.integers(1, 59), st.floats(0.001, 0.1), st.floats(0.4, 0.95))
def test_a_change_without_noise_is_placed_at_its_bucket(place: int, low: float, high: float) -> None:
    arrivals = np.full(60, 200.0)
    exposed = np.where(np.arange(60) < place, low, high) * arrivals
    found = change_point(exposed, arrivals, low, high, np.ones(61))
    assert (found.low, found.best, found.high) == (place, place, place)
    assert int(two_shares(exposed, arrivals).argmax()) == place


def test_the_interval_holds_the_onset_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(400):
        place = int(rng.integers(10, 50))
        share = np.where(np.arange(60) < place, 0.02, 0.25)
        arrivals = rng.poisson(6, 60).astype(np.float64)
        found = change_point(
            rng.binomial(arrivals.astype(int), share).astype(np.float64), arrivals, 0.02, 0.25, np.ones(61)
        )
        held += found.low <= place <= found.high
    assert held >= 0.93 * 400


@given(st.integers(0, 10_000), st.integers(0, 240), st.sampled_from([8, 24, 60]))
def test_nowhere_outside_of_the_stretch_does_a_change_fit_nearly_as_well(
    seed: int, place: int, width: int
) -> None:
    """However wide the buckets are by which the stretch is told."""
    rng = np.random.default_rng(seed)
    arrivals = rng.poisson(1.5, 240).astype(np.float64)
    share = np.where(np.arange(240) < place, 0.02, 0.3)
    exposed = rng.binomial(arrivals.astype(int), share).astype(np.float64)
    gain = exposed * np.log(0.3 / 0.02) + (arrivals - exposed) * np.log(0.7 / 0.98)
    fit = np.append(np.cumsum(gain[::-1])[::-1], 0.0)
    first, last = stretch(
        exposed.reshape(-1, width).sum(axis=1), arrivals.reshape(-1, width).sum(axis=1), 0.02, 0.3
    )
    outside = np.append(fit[: first * width], fit[(last + 1) * width + 1 :])
    assert outside.max(initial=-np.inf) < fit.max() - FAR


def test_an_onset_in_a_gap_counts_as_long_as_the_gap_lasts() -> None:
    exposed, arrivals = np.array([0.0, 0.0, 1.0, 1.0]), np.array([1.0, 1.0, 1.0, 2.0])
    assert change_point(exposed, arrivals, 0.02, 0.3, np.ones(5)).low < 2
    assert change_point(exposed, arrivals, 0.02, 0.3, np.array([1.0, 1, 100, 1, 1])).low == 2


def test_a_run_that_never_changed_points_past_its_end() -> None:
    found = change_point(np.zeros(20), np.full(20, 30.0), 0.01, 0.5, np.ones(21))
    assert found.best == 20


def test_an_onset_needs_at_least_one_bucket() -> None:
    with pytest.raises(ValueError, match="at least one bucket"):
        change_point(np.zeros(0), np.zeros(0), 0.01, 0.5, np.ones(1))
