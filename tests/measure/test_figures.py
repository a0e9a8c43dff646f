"""A figure's own n and interval: known answers, and how often the interval of a percentile holds the truth."""

import re
from pathlib import Path

import numpy as np
import pytest

from afterclick.measure import LEVELS, measured, metric
from afterclick.stats.quantile import order_statistics

SERIES = Path(__file__).parents[2] / "src/afterclick/pages/overview/series.sql"


def test_a_mean_has_the_normal_interval_of_its_answers_from_thirty_on() -> None:
    answers = np.array([5, 4, 4, 3, 5, 1] * 10, float)
    row = {"rating_sum": answers.sum(), "rating_sum_squares": (answers**2).sum(), "ratings": len(answers)}
    found = measured(metric("rating"), row)
    half = 1.959964 * answers.std(ddof=1) / np.sqrt(60)
    assert found.value == answers.mean()
    assert found.n == 60
    assert found.interval is not None
    assert found.interval.low == pytest.approx(answers.mean() - half)
    few = measured(metric("rating"), {"rating_sum": 116.0, "rating_sum_squares": 500.0, "ratings": 29})
    assert (few.value, few.interval, few.exact) == (4.0, None, "An interval needs 30 answers.")


def test_a_count_and_a_sum_are_exact_and_say_so_and_n_is_that_of_the_orders() -> None:
    row = {"revenue": 840.0, "orders": 12, "sold": 12, "visits": 400}
    revenue, orders = measured(metric("revenue"), row), measured(metric("orders"), row)
    assert [(one.value, one.n, one.interval, one.method) for one in (revenue, orders)] == [
        (840.0, 12, None, "summed"),
        (12.0, 12, None, "counted"),
    ]
    assert "nothing is estimated" in orders.exact


@pytest.mark.parametrize("n", [20, 60, 400, 5000])
def test_the_interval_of_a_percentile_holds_the_truth_as_often_as_it_says(n: int) -> None:
    random = np.random.default_rng(9)
    truth = float(np.exp(0.6744897501960817))  # of the standard log-normal
    held = 0
    for _ in range(1000):
        quantiles = np.quantile(random.lognormal(size=n), LEVELS)
        found = order_statistics(dict(zip(LEVELS, quantiles.tolist(), strict=True)), 0.75, n)
        assert found is not None
        held += found.covers(truth)
    assert held >= 935


def test_a_percentile_of_too_few_page_loads_is_unknown_and_one_of_enough_has_its_interval() -> None:
    row = {"lcp": 2000.0, "lcp_n": 19, "lcp_quantiles": [2000 * level / 0.75 for level in LEVELS]}
    assert measured(metric("lcp"), row).value is None
    found = measured(metric("lcp"), row | {"lcp_n": 300})
    assert found.interval is not None
    told = (found.interval.low, found.interval.value, found.interval.high)
    assert told == pytest.approx((2000 * 0.7 / 0.75, 2000.0, 2000 * 0.8 / 0.75))


def test_the_overview_asks_for_the_quantiles_that_intervals_are_chosen_from() -> None:
    sql = SERIES.read_text("utf-8")
    asked = re.findall(r"quantilesBFloat16\w+\(([\d., ]+)\)", sql)
    assert [tuple(map(float, levels.split(", "))) for levels in asked] == [LEVELS] * 6
    assert re.findall(r"_quantiles\[(\d+)\]", sql) == [str(LEVELS.index(0.75) + 1)] * 3
