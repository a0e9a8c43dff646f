"""Intervals for shares and for the difference of two shares, good at small n and near 0 and 1."""

from math import sqrt
from statistics import NormalDist

from afterclick.stats.interval import Interval


def normal_quantile(level: float) -> float:
    """The z with `level` of a standard normal between -z and z; 0.95 gives 1.96."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(successes: float, n: float, level: float = 0.95) -> Interval:
    """Wilson's score interval of a share (E. B. Wilson, 1927, JASA 22:209).

    Raises ValueError when `n` is not positive or `successes` lies outside 0 to `n`.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError("A share needs n above 0 and successes from 0 to n.")
    z = normal_quantile(level)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(share, max(centre - half, 0.0), min(centre + half, 1.0), level)


def newcombe(
    successes: float, n: float, successes_other: float, n_other: float, level: float = 0.95
) -> Interval:
    """Interval of share minus other share (R. G. Newcombe, 1998, Statistics in Medicine 17:873, method 10).

    Raises ValueError as `wilson` does.
    """
    first, second = wilson(successes, n, level), wilson(successes_other, n_other, level)
    difference = first.value - second.value
    down = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    up = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Interval(difference, difference - down, difference + up, level)
