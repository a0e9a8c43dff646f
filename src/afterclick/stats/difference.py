"""Intervals of a difference: of two estimates that have their own, and of two totals over paired stretches of time."""

from collections.abc import Sequence
from math import sqrt

from afterclick.stats.interval import Interval
from afterclick.stats.proportion import normal_quantile

FEWEST_PAIRS = 4
"""Fewer pairs than this say nothing of how much totals wander."""


def apart(first: Interval, second: Interval) -> Interval:
    """First minus second, from the interval of each (G. Y. Zou and A. Donner, 2008, Statistics in Medicine 27:1693).

    >>> found = apart(Interval(0.3, 0.2, 0.42), Interval(0.1, 0.05, 0.2))
    >>> round(found.value, 2), round(found.low, 3), round(found.high, 3)
    (0.2, 0.059, 0.33)
    """
    difference = first.value - second.value
    down = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    up = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Interval(difference, difference - down, difference + up, first.level)


def of_totals(
    pairs: Sequence[tuple[float, float]], least: float = 0.0, level: float = 0.95
) -> Interval | None:
    """Sum of the firsts minus sum of the seconds, where each pair is one stretch of time and its like before.

    The variance is that of the paired differences (Student's t), so that what wanders from stretch to stretch anyway
    counts as noise; `least` is the smallest it may be, for counts their sum (Poisson). None below FEWEST_PAIRS.
    """
    n = len(pairs)
    if n < FEWEST_PAIRS:
        return None
    differences = [one - other for one, other in pairs]
    total = sum(differences)
    mean = total / n
    variance = n * sum((one - mean) ** 2 for one in differences) / (n - 1)
    half = _student(level, n - 1) * sqrt(max(variance, least))
    return Interval(total, total - half, total + half, level)


def _student(level: float, freedom: int) -> float:
    """Student's t at the level by Cornish and Fisher's expansion, good to 1 % from three degrees of freedom on."""
    z = normal_quantile(level)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
