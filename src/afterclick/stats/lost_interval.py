"""The interval of a total lost, orders or revenue, with the noise of a finite sample.

The truth that the interval must hold is what *these* visits lost, so its variance has two parts: the noise of
what the exposed would have done, sum_j w_j r_j^2 with r = y - m, and the uncertainty of m, the sum over
clusters of (sum_j w_j r_j)^2. The outcomes of the exposed were seen and add nothing.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from afterclick.stats.att import Comparison, Floats, Outcome
from afterclick.stats.interval import Interval
from afterclick.stats.proportion import normal_quantile


def lost(
    comparison: Comparison, outcome: Outcome, drift_variance: float = 0.0, every: int = 1, level: float = 0.95
) -> Interval:
    """Total of `outcome` lost by the exposed.

    `drift_variance` is the variance of the mean outcome between stretches of time (see `stats.drift`). When the rows
    are one cluster in `every`, the total is scaled up and the interval pays for the clusters not read.
    """
    cohort, odds = comparison.cohort, comparison.odds
    shortfall = -outcome.residuals[cohort.exposed]
    residuals = outcome.residuals[cohort.others]
    total = every * float(shortfall.sum() + odds @ residuals)
    noise = every * float(odds @ np.square(residuals))
    uncertainty = every**2 * _square_of_sums(odds * residuals, cohort.cluster[cohort.others])
    unread = every * (every - 1) * _square_of_sums(shortfall, cohort.cluster[cohort.exposed])
    drift = (every * len(shortfall)) ** 2 * drift_variance
    half = normal_quantile(level) * sqrt(noise + uncertainty + unread + drift)
    return Interval(total, total - half, total + half, level)


def _square_of_sums(values: Floats, clusters: NDArray[np.uint64]) -> float:
    _, codes = np.unique(clusters, return_inverse=True)
    return float(np.square(np.bincount(codes, values)).sum())
