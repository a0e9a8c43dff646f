"""The interval of a quantile from the sample's own quantiles: it needs no shape of the distribution."""

from collections.abc import Mapping
from math import sqrt

from afterclick.stats.interval import Interval
from afterclick.stats.proportion import normal_quantile


def order_statistics(
    quantiles: Mapping[float, float], share: float, n: int, level: float = 0.95
) -> Interval | None:
    """Interval of the quantile `share`, from the sample's `quantiles` by their shares, `share` among them (H. A. David
    and H. N. Nagaraja, Order Statistics, 2003, 7.1): those that the binomial number of values below it leaves possible.

    Bounds are rounded outward to the shares that are given. None where these do not reach as far. The `n` values are
    taken as independent.
    """
    if n <= 0 or share not in quantiles:
        return None
    half = normal_quantile(level) * sqrt(share * (1 - share) / n)
    low = max((one for one in quantiles if one <= share - half), default=None)
    high = min((one for one in quantiles if one >= share + half), default=None)
    if low is None or high is None:
        return None
    return Interval(quantiles[share], quantiles[low], quantiles[high], level)
