"""When it began: the posterior of one change-point between two shares."""

from dataclasses import dataclass

import numpy as np

from afterclick.resolve.excess import Numbers, before, since


@dataclass(frozen=True)
class Onset:
    """Index of the first changed bucket, most likely and the ends of its 95 % credible interval."""

    best: int
    low: int
    high: int


def change_point(
    exposed: Numbers, arrivals: Numbers, before: float, after: float, level: float = 0.95
) -> Onset:
    """Where a run of buckets changes from share `before` to share `after`, both in (0, 1).

    The maximum-likelihood change-point (the two-hypothesis CUSUM; Page 1954) with a flat prior over buckets; the
    interval is the smallest run of buckets around it that holds `level` of the posterior. Index len(exposed) means
    that no bucket has changed. Raises ValueError when there is no bucket.
    """
    if not len(exposed):
        raise ValueError("A change-point needs at least one bucket.")
    gain = exposed * np.log(after / before) + (arrivals - exposed) * np.log((1 - after) / (1 - before))
    likelihood = np.append(np.cumsum(gain[::-1])[::-1], 0.0)
    posterior = np.exp(likelihood - likelihood.max())
    posterior /= posterior.sum()
    best = int(likelihood.argmax())
    low = high = best
    while posterior[low : high + 1].sum() < level:
        left = posterior[low - 1] if low > 0 else -1.0
        right = posterior[high + 1] if high + 1 < len(posterior) else -1.0
        low, high = (low - 1, high) if left >= right else (low, high + 1)
    return Onset(best, low, high)


def two_shares(exposed: Numbers, arrivals: Numbers) -> Numbers:
    """Log-likelihood of one share before each bucket and another from it on, both at their best."""
    return _best_fit(before(exposed), before(arrivals)) + _best_fit(since(exposed), since(arrivals))


def _best_fit(exposed: Numbers, arrivals: Numbers) -> Numbers:
    from scipy.special import xlogy  # here, so that importing the room leaves SciPy alone

    share = exposed / np.maximum(arrivals, 1)
    return np.asarray(xlogy(exposed, share) + xlogy(arrivals - exposed, 1 - share), dtype=np.float64)
