"""What is usual at each step: how long its arrivals wait, and from when on one waits longer.

The limit follows the median of all that is looked back on, which a fault does not move while it meets fewer than half
of it; while a problem is open at a step, the limits it was opened with stay (`standing`), so that what is counted,
shown and priced is the same.
"""

from collections.abc import Iterable, Mapping

import msgspec

from afterclick.measure.usual import LEAST, Limit, bound, limit
from afterclick.resolve.arrivals import keys, over_arrivals
from afterclick.resolve.candidate import Segment, Wait
from afterclick.resolve.problem import Problem
from afterclick.stats.quantile import order_statistics
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope

Limits = Mapping[str, tuple[Limit, ...]]
"""The limits of each step, by device class."""

_SQL = over_arrivals("usual.sql")
_SHARES = tuple(step / 20 for step in range(1, 20))


class _Usual(msgspec.Struct):
    step: str
    device_class: str
    requests: int
    request_ms: float
    paints: int
    lcp_ms: float


class _Waits(msgspec.Struct):
    measure: str
    n: int
    quantiles: list[float]
    n_before: int
    before_ms: float


def usual(reader: Reader, scope: Scope, since: int, until: int) -> Limits:
    """The limits of every step by what was usual from `since` to `until` (UTC ms). Blocks."""
    window = {"since": since, "until": until, "least": LEAST}
    found: dict[str, tuple[Limit, ...]] = {}
    for row in reader.rows(scope, _SQL["usual"], _Usual, {**bound({}), **window}):
        one = Limit(
            device_class=row.device_class,
            request_ms=limit(row.request_ms, row.requests),
            lcp_ms=limit(row.lcp_ms, row.paints),
        )
        found[row.step] = (*found.get(row.step, ()), one)
    return found


def standing(problems: Iterable[Problem]) -> Limits:
    """The limits that open problems of a site hold their steps to."""
    return {one.step: one.limits for one in problems if one.status == "open" and one.limits}


def wait(
    reader: Reader,
    scope: Scope,
    step: str,
    limits: tuple[Limit, ...],
    segment: Segment,
    since: int,
    onset: int,
    until: int,
) -> Wait | None:
    """How long the segment's slower arrivals wait since `onset`, and what was usual from `since` up to it (UTC ms)."""
    window = {"since": since, "until": until, "onset": onset}
    asked = {**bound({step: limits}), **window, "step": step, "segment": keys(segment)}
    row = next(iter(reader.rows(scope, _SQL["waits"], _Waits, asked)), None)
    if row is None or not row.n:
        return None
    quantiles = dict(zip(_SHARES, row.quantiles, strict=True))
    return Wait(
        measure="lcp" if row.measure == "lcp" else "request",
        median_ms=quantiles[0.5],
        interval=order_statistics(quantiles, 0.5, row.n),
        n=row.n,
        before_ms=row.before_ms if row.n_before else None,
        n_before=row.n_before,
    )
