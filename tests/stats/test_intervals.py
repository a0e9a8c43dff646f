import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from afterclick.stats.drift import between_variance
from afterclick.stats.glm import fit, mean
from afterclick.stats.interval import Interval
from afterclick.stats.mean import bootstrap, welch
from afterclick.stats.overlap import effective_size
from afterclick.stats.proportion import newcombe, wilson


def test_wilson_gives_the_published_interval() -> None:
    found = wilson(15, 148)  # Newcombe 1998, Statistics in Medicine 17:857, table I
    assert (round(found.low, 4), round(found.high, 4)) == (0.0624, 0.1605)


def test_newcombe_gives_the_published_interval() -> None:
    found = newcombe(56, 70, 48, 80)  # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


@given(some.integers(1, 400).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))))
def test_a_share_lies_inside_its_interval_and_the_interval_inside_0_to_1(case: tuple[int, int]) -> None:
    found = wilson(*case)
    assert -1e-12 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1 + 1e-12


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="n above 0"):
        wilson(0, 0)


def test_welch_and_the_bootstrap_agree_on_independent_rows() -> None:
    random = np.random.default_rng(1)
    sample, other = random.exponential(2.0, 400), random.exponential(1.5, 300)
    theory = welch(sample, other)
    both = np.concatenate([sample, other])
    first = np.arange(700) < 400

    def difference(rows: np.ndarray) -> float:
        return float(both[rows][first[rows]].mean() - both[rows][~first[rows]].mean())

    drawn = bootstrap(difference, np.arange(700), repeats=400, seed=2)
    assert drawn.value == pytest.approx(theory.value)
    assert drawn.width == pytest.approx(theory.width, rel=0.15)


def test_the_bootstrap_keeps_clusters_together() -> None:
    values = np.repeat(np.random.default_rng(3).normal(size=50), 20)
    apart = bootstrap(lambda rows: float(values[rows].mean()), np.arange(1000), seed=4)
    together = bootstrap(lambda rows: float(values[rows].mean()), np.repeat(np.arange(50), 20), seed=4)
    assert together.width > 3 * apart.width


def test_scaling_an_interval_scales_all_of_it() -> None:
    assert Interval(2.0, 1.0, 4.0).scaled(3) == Interval(6.0, 3.0, 12.0)


@pytest.mark.parametrize("family", ["logistic", "poisson"])
def test_a_fit_meets_its_score_equations(family: str) -> None:
    random = np.random.default_rng(5)
    features = np.column_stack([np.ones(500), random.normal(size=(500, 3))])
    rare, many = random.random(500) < 0.03, random.poisson(3.0, 500)
    outcome = np.asarray(rare if family == "logistic" else many, dtype=np.float64)
    name = "logistic" if family == "logistic" else "poisson"
    coefficients = fit(features, outcome, name, penalty=0.5)
    slope = features.T @ (outcome - mean(features, coefficients, name))
    assert slope == pytest.approx(np.array([0.0, 0.5, 0.5, 0.5]) * coefficients, abs=1e-2)


def test_a_fit_of_rare_events_with_strong_features_does_not_overshoot() -> None:
    random = np.random.default_rng(6)
    rare = (random.random(20_000) < 0.004).astype(np.float64)
    features = np.column_stack([np.ones(20_000), (rare - rare.mean()) / rare.std()])
    outcome = ((rare > 0) & (random.random(20_000) < 0.9)).astype(np.float64)
    fitted = mean(features, fit(features, outcome, "logistic"), "logistic")
    assert float(fitted.sum()) == pytest.approx(float(outcome.sum()), rel=0.01)


def test_equal_weights_are_worth_their_number_and_one_heavy_row_is_worth_one() -> None:
    assert effective_size(np.ones(70)) == pytest.approx(70)
    assert effective_size(np.array([1000.0, *[0.001] * 50])) == pytest.approx(1, abs=0.01)


def test_a_mean_that_moves_between_days_is_seen_and_a_steady_one_is_not() -> None:
    random = np.random.default_rng(7)
    blocks = np.repeat(np.arange(10), 500)
    steady = random.normal(size=5000)
    moving = steady + np.repeat(random.normal(0, 0.3, 10), 500)
    assert between_variance(steady, blocks) == 0.0
    assert between_variance(moving, blocks) == pytest.approx(0.09, rel=0.9)


def test_a_block_of_few_rows_says_nothing_of_how_a_mean_moves() -> None:
    random = np.random.default_rng(8)
    few, many = np.repeat(np.arange(40), 29), np.repeat([100, 101], 500)
    values = np.concatenate([np.repeat(random.normal(0, 3, 40), 29), np.zeros(1000)])
    values += random.normal(size=len(values))
    assert between_variance(values, np.concatenate([few, many])) == 0.0
