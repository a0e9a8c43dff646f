"""When a page view waited longer than is usual at its step: the step's own limits, beside those of `FELT`."""

from collections.abc import Mapping, Sequence

import msgspec

RATIO = 1.5
LEAST_MS = 500
"""A wait is longer than usual from `RATIO` times the usual one on, and this much beyond it, ms: half a second more cost
1.2 % of the revenue a user brings (E. Schurman and J. Brutlag, "The User and Business Impact of Server Delays",
Velocity 2009), and a fifth more is about what can be noticed at all (S. Seow, Designing and Engineering Time, 2008)."""
LEAST = 100
"""Waits below which it is not known what is usual."""
NEVER = 10**12


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """From when on page views of one device class wait longer than usual at a step, ms; None where that is not known.

    `request_ms` is of their slowest request, `lcp_ms` of their largest paint.
    """

    device_class: str
    request_ms: int | None = None
    lcp_ms: int | None = None


def limit(usual_ms: float, n: int) -> int | None:
    """The limit beyond a usual (median) wait of `n`, ms; None below `LEAST` of them.

    >>> limit(600, 5000), limit(2000, 5000), limit(600, 99)
    (1100, 3000, None)
    """
    return round(max(RATIO * usual_ms, usual_ms + LEAST_MS)) if n >= LEAST else None


def bound(limits: Mapping[str, Sequence[Limit]]) -> dict[str, Sequence[str] | Sequence[int]]:
    """What statements find limits by: "place", line feed, device class, for places of whatever kind they number."""
    told = [(place, one) for place, those in limits.items() for one in those]
    return {
        "limited": [f"{place}\n{one.device_class}" for place, one in told],
        "request_limits": [one.request_ms or NEVER for _, one in told],
        "lcp_limits": [one.lcp_ms or NEVER for _, one in told],
    }
