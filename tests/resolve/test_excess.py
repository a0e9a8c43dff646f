"""The mathematics of a raised share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom

from afterclick.resolve.excess import before, dispersion_before, log_evidence, since


@pytest.mark.parametrize("n", [1, 7, 60])
@pytest.mark.parametrize("baseline", [0.003, 0.05, 0.4])
@pytest.mark.parametrize("concentration", [20.0, 3000.0])
def test_the_evidence_is_worth_nothing_on_average_while_nothing_has_changed(
    n: int, baseline: float, concentration: float
) -> None:
    exposed = np.arange(n + 1.0)
    chance = betabinom.pmf(exposed, n, concentration * baseline, concentration * (1 - baseline))
    evidence = log_evidence(exposed, np.asarray(float(n)), np.asarray(baseline), np.asarray(concentration))
    assert float((np.exp(evidence) * chance).sum()) == pytest.approx(1.0, abs=1e-6)


def test_a_share_below_its_baseline_is_never_evidence() -> None:
    evidence = log_evidence(np.array([0.0, 3.0]), np.array([50.0, 500.0]), np.array(0.02), np.array(800.0))
    assert (evidence < 0).all()


def test_a_share_that_wanders_by_the_hour_needs_more_to_be_called_raised() -> None:
    steady, wandering = (
        float(log_evidence(np.array(20.0), np.array(200.0), np.array(0.02), np.array(concentration)))
        for concentration in (5000.0, 60.0)
    )
    assert steady > wandering + 5


@given(st.integers(0, 2**32 - 1))
def test_blocks_that_scatter_like_coins_show_almost_no_dispersion(seed: int) -> None:
    rng = np.random.default_rng(seed)
    arrivals = np.full(80, 200.0)
    assert dispersion_before(rng.binomial(200, 0.05, 80).astype(np.float64), arrivals)[-1] < 0.01


def test_dispersion_is_found_at_its_size() -> None:
    rng = np.random.default_rng(4)
    shares = rng.beta(0.05 * 30, 0.95 * 30, 400)
    exposed = rng.binomial(200, shares).astype(np.float64)
    assert dispersion_before(exposed, np.full(400, 200.0))[-1] == pytest.approx(1 / 31, rel=0.3)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_what_came_before_and_what_came_since_make_the_whole(counts: list[int]) -> None:
    values = np.asarray(counts, dtype=np.float64)
    assert (before(values) + since(values) == values.sum()).all()
