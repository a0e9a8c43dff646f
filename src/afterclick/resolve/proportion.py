"""Shares and means with their intervals."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, variance

_Z = 1.959963984540054


def wilson(hits: float, n: float) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927); 0 to 1 when n is 0.

    >>> [round(end, 3) for end in wilson(5, 10)]
    [0.237, 0.763]
    """
    if n <= 0:
        return 0.0, 1.0
    share = hits / n
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def difference(hits: float, n: float, other_hits: float, other_n: float) -> tuple[float, float]:
    """95 % interval of the difference of two independent shares (Newcombe 1998, method 10); both n above 0."""
    one, other = hits / n, other_hits / other_n
    low, high = wilson(hits, n)
    other_low, other_high = wilson(other_hits, other_n)
    down = sqrt((one - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - one) ** 2 + (other - other_low) ** 2)
    return one - other - down, one - other + up


def mean_difference(ours: Sequence[float], others: Sequence[float]) -> tuple[float, float] | None:
    """95 % interval of the difference of two means, by the normal approximation; None below five in either."""
    if min(len(ours), len(others)) < 5:
        return None
    half = _Z * sqrt(variance(ours) / len(ours) + variance(others) / len(others))
    middle = fmean(ours) - fmean(others)
    return middle - half, middle + half
