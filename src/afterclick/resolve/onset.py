"""When it began: the posterior of one change-point between two shares."""

from dataclasses import dataclass
from math import log

import numpy as np

from afterclick.resolve.excess import Numbers, before, since

FAR = log(1000)
"""How much less likely than at its best, as a log, a change is where it is not looked for."""


@dataclass(frozen=True)
class Onset:
    """Index of the first changed bucket, most likely and the ends of its 95 % credible interval."""

    best: int
    low: int
    high: int


def change_point(
    exposed: Numbers, arrivals: Numbers, before: float, after: float, spans: Numbers, level: float = 0.95
) -> Onset:
    """Where a run of buckets changes from share `before` to share `after`, both in (0, 1).

    The maximum-likelihood change-point (the two-hypothesis CUSUM; Page 1954); the interval is the smallest run of
    buckets around it that holds `level` of the posterior. The prior is flat over time: `spans` is how long a change may
    have happened that shows at each bucket first, and past the last. Index len(exposed) means that no bucket has
    changed. Raises ValueError when there is no bucket.
    """
    if not len(exposed):
        raise ValueError("A change-point needs at least one bucket.")
    likelihood = _likelihood(exposed, arrivals, before, after)
    posterior = spans * np.exp(likelihood - likelihood.max())
    posterior /= posterior.sum()
    best = int(likelihood.argmax())
    low = high = best
    while posterior[low : high + 1].sum() < level:
        left = posterior[low - 1] if low > 0 else -1.0
        right = posterior[high + 1] if high + 1 < len(posterior) else -1.0
        low, high = (low - 1, high) if left >= right else (low, high + 1)
    return Onset(best, low, high)


def stretch(exposed: Numbers, arrivals: Numbers, before: float, after: float) -> tuple[int, int]:
    """The first and last bucket within which the change may lie: `FAR` less likely than at its best in every other.

    Within a bucket it may fit better than at either end, at most as if all who met it there came last.
    """
    likelihood = _likelihood(exposed, arrivals, before, after)
    within = likelihood[1:] + exposed * np.log(after / before)
    may = np.flatnonzero(within >= likelihood.max() - FAR)
    return int(may[0]), int(may[-1])


def raised_share(exposed: float, arrivals: float, usual: float) -> float:
    """The share since a change, between the usual one and 1."""
    return min(max(exposed / max(arrivals, 1), usual * 1.01), 1 - 1e-6)


def _likelihood(exposed: Numbers, arrivals: Numbers, before: float, after: float) -> Numbers:
    """Log-likelihood of a change at each bucket, and at the end of them, against none."""
    gain = exposed * np.log(after / before) + (arrivals - exposed) * np.log((1 - after) / (1 - before))
    return np.append(np.cumsum(gain[::-1])[::-1], 0.0)


def two_shares(exposed: Numbers, arrivals: Numbers) -> Numbers:
    """Log-likelihood of one share before each bucket and another from it on, both at their best."""
    return _best_fit(before(exposed), before(arrivals)) + _best_fit(since(exposed), since(arrivals))


def _best_fit(exposed: Numbers, arrivals: Numbers) -> Numbers:
    from scipy.special import xlogy  # here, so that importing the room leaves SciPy alone

    share = exposed / np.maximum(arrivals, 1)
    return np.asarray(xlogy(exposed, share) + xlogy(arrivals - exposed, 1 - share), dtype=np.float64)
