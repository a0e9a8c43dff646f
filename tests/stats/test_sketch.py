"""The quantile sketch, against the values that it saw."""

import numpy as np
import pytest

from afterclick.stats.sketch import ACCURACY, Sketch


@pytest.mark.parametrize("share", [0.01, 0.5, 0.95, 0.99, 1.0])
def test_a_quantile_is_within_the_promised_accuracy_of_the_value_seen_there(share: float) -> None:
    values = np.random.default_rng(1).lognormal(-3, 1.5, 20_001)
    sketch = Sketch()
    for value in values:
        sketch.add(float(value))
    exact = float(np.quantile(values, share, method="inverted_cdf"))
    assert sketch.quantile(share) == pytest.approx(exact, rel=ACCURACY * 1.001)
    assert (sketch.count, sketch.sum) == (20_001, pytest.approx(values.sum()))


def test_of_two_runs_the_slow_one_is_the_95th_percentile() -> None:
    sketch = Sketch()
    for seconds in (0.09, 0.75):
        sketch.add(seconds)
    assert sketch.quantile(0.5) == pytest.approx(0.09, rel=ACCURACY)
    assert sketch.quantile(0.95) == pytest.approx(0.75, rel=ACCURACY)


def test_whatever_is_added_the_sketch_stays_small_and_answers() -> None:
    sketch = Sketch()
    assert sketch.quantile(0.5) == 0
    for value in (0.0, -1.0, 1e-300, 1e300, *np.geomspace(1e-9, 1e9, 5_000)):
        sketch.add(float(value))
    assert len(sketch._buckets) <= 462  # pyright: ignore[reportPrivateUsage] - its size is the point
    assert 0 < sketch.quantile(0) < sketch.quantile(1) < 1.1e4
