"""When a share changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterclick.resolve.onset import change_point, two_shares


@given(st.integers(1, 59), st.floats(0.001, 0.1), st.floats(0.4, 0.95))
def test_a_change_without_noise_is_placed_at_its_bucket(place: int, low: float, high: float) -> None:
    arrivals = np.full(60, 200.0)
    exposed = np.where(np.arange(60) < place, low, high) * arrivals
    found = change_point(exposed, arrivals, low, high)
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
            rng.binomial(arrivals.astype(int), share).astype(np.float64), arrivals, 0.02, 0.25
        )
        held += found.low <= place <= found.high
    assert held >= 0.93 * 400


def test_a_run_that_never_changed_points_past_its_end() -> None:
    found = change_point(np.zeros(20), np.full(20, 30.0), 0.01, 0.5)
    assert found.best == 20


def test_an_onset_needs_at_least_one_bucket() -> None:
    with pytest.raises(ValueError, match="at least one bucket"):
        change_point(np.zeros(0), np.zeros(0), 0.01, 0.5)
