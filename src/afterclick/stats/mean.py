"""Difference of two means: Welch's interval, and the bootstrap that checks intervals built on theory."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from afterclick.stats.interval import Interval
from afterclick.stats.proportion import normal_quantile

Floats = NDArray[np.float64]


def welch(sample: Floats, other: Floats, level: float = 0.95) -> Interval:
    """Interval of mean(sample) - mean(other) with unequal variances (B. L. Welch, 1947), normal quantiles.

    Raises ValueError when either sample has fewer than two values.
    """
    if len(sample) < 2 or len(other) < 2:
        raise ValueError("A difference of means needs two values on each side.")
    difference = float(sample.mean() - other.mean())
    error = sqrt(float(sample.var(ddof=1)) / len(sample) + float(other.var(ddof=1)) / len(other))
    half = normal_quantile(level) * error
    return Interval(difference, difference - half, difference + half, level)


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float],
    clusters: NDArray[np.generic],
    repeats: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Percentile interval of `statistic(row numbers)`, drawing whole clusters with replacement (Efron, 1979).

    `clusters` names the cluster of each row; rows of one cluster stay together.
    """
    random = np.random.default_rng(seed)
    order = np.argsort(clusters, kind="stable")
    _, starts = np.unique(clusters[order], return_index=True)
    members: list[NDArray[np.intp]] = np.split(order, starts[1:])
    draws = np.empty(repeats)
    for repeat in range(repeats):
        drawn = random.integers(0, len(members), len(members))
        rows: list[NDArray[np.intp]] = [members[int(cluster)] for cluster in drawn]
        draws[repeat] = statistic(np.concatenate(rows))
    low, high = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(statistic(np.arange(len(clusters))), float(low), float(high), level)


def of_mean(total: float, squares: float, n: int, level: float = 0.95) -> Interval:
    """Interval of a mean from the sum of `n` values and that of their squares, normal quantiles.

    Raises ValueError when there are fewer than two values.
    """
    if n < 2:
        raise ValueError("The interval of a mean needs two values.")
    mean = total / n
    variance = max(squares - total * mean, 0.0) / (n - 1)
    half = normal_quantile(level) * sqrt(variance / n)
    return Interval(mean, mean - half, mean + half, level)
