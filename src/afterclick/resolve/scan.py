"""The counts that detection runs on: arrivals at each step by time, segment key and signals met."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from afterclick.impact import Signal
from afterclick.measure.usual import Limit
from afterclick.resolve.arrivals import bit
from afterclick.resolve.candidate import SIGNALS
from afterclick.resolve.excess import Numbers
from afterclick.store.engine.query import Parameter, Statement, named

Codes = NDArray[np.int64]

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
LOOKBACK = 14 * DAY
LEAST_ARRIVALS = 5
SLOW_KINDS = (1, 2, 3, 4)
"""What a page view was slow by: request, LCP, INP, resource."""
CODES = (1 + len(SLOW_KINDS)) << len(SIGNALS)
"""An arrival's mask of signals, and above it its kind of slow."""

_GRID = ((30 * SECOND, 10 * MINUTE), (5 * MINUTE, 3 * HOUR), (30 * MINUTE, 2 * DAY), (2 * HOUR, LOOKBACK))
"""Bucket width and how far back it reaches: fine near now, where an onset must be caught."""

_BUCKET = named("afterclick.resolve", "bucket.sql")["bucket"]
_PLACE = "{bucket}"


@dataclass(frozen=True)
class Grid:
    """Bucket starts and widths (ms) from `since` to `until`, oldest first."""

    starts: Numbers
    widths: Numbers
    edges: tuple[int, int, int]
    since: int
    until: int

    @property
    def bound(self) -> dict[str, Parameter]:
        """What a statement that is `bucketed` is bound to."""
        return {
            "since": self.since,
            "until": self.until,
            "fine_from": self.edges[0],
            "middle_from": self.edges[1],
            "coarse_from": self.edges[2],
            "fine": _GRID[0][0],
            "middle": _GRID[1][0],
            "coarse": _GRID[2][0],
            "coarsest": _GRID[3][0],
            "least": LEAST_ARRIVALS,
        }


def bucketed(statement: Statement) -> Statement:
    """The statement with the bucket of its `at` where it says `{bucket}`; binds what `Grid.bound` does."""
    return Statement(statement.name, statement.sql.replace(_PLACE, _BUCKET))


@dataclass(frozen=True)
class StepScan:
    """Counts of one step: `views[key, bucket, code]`; keys[0] is '' (everyone). `grid` says when the buckets are,
    `limits` from when on arrivals count as slower than usual, `codes` what code the last axis has at each place: those
    that some arrival has, of `CODES`.
    """

    step: str
    keys: tuple[str, ...]
    views: Numbers
    grid: Grid
    limits: tuple[Limit, ...] = ()
    codes: tuple[int, ...] = tuple(range(CODES))

    def arrivals(self) -> Numbers:
        """Arrivals by [key, bucket]."""
        return np.asarray(self.views.sum(axis=-1), dtype=np.float64)

    def exposed(self, signal: Signal, kind: int = 0, without: Signal | None = None) -> Numbers:
        """Arrivals by [key, bucket] that met `signal`: of one kind of slow only, or only those without another."""
        met = [
            place
            for place, code in enumerate(self.codes)
            if code & bit(signal)
            and (not kind or code >> len(SIGNALS) == kind)
            and not (without and code & bit(without))
        ]
        return np.asarray(self.views[..., met].sum(axis=-1), dtype=np.float64)

    def a_month(self) -> Numbers:
        """Arrivals that each key sees in 30 days, at the rate of the days read."""
        arrivals = self.arrivals()
        seen = self.grid.starts[arrivals[0] > 0]
        days = max((self.grid.until - float(seen[0])) / DAY, 1.0) if len(seen) else 1.0
        return np.asarray(arrivals.sum(axis=-1) * 30 / days, dtype=np.float64)


def grid(now: int) -> Grid:
    """The buckets for a pass at `now` (UTC ms); zones begin on a boundary of the wider width."""
    edges = [now]
    for (_, reach), (wider, _) in pairwise(_GRID):
        edges.append((now - reach) // wider * wider)
    since = (now - LOOKBACK) // _GRID[-1][0] * _GRID[-1][0]
    bounds = [*edges[1:], since]
    starts = [np.arange(low, high, width) for (width, _), low, high in zip(_GRID, bounds, edges, strict=True)]
    widths = [np.full(len(part), width) for part, (width, _) in zip(starts, _GRID, strict=True)]
    return Grid(
        np.concatenate(starts[::-1]).astype(np.float64),
        np.concatenate(widths[::-1]).astype(np.float64),
        (bounds[0], bounds[1], bounds[2]),
        since,
        now,
    )


@dataclass(frozen=True)
class Rows:
    """Counts as they are read: `views` arrivals at `steps[step]` with `keys[key]` and `code`, in the bucket that begins
    at `bucket` (UTC ms).
    """

    steps: list[str]
    keys: list[str]
    step: Codes
    key: Codes
    bucket: Codes
    code: Codes
    views: Codes


def rows_of(table: pa.Table) -> Rows:
    """What a statement told as `step`, `bucket`, `key`, `mask`, `kind` and `views`."""
    step, steps = _codes(table["step"])
    key, keys = _codes(table["key"])
    bucket, mask, kind, views = (
        table[name].to_numpy().astype(np.int64) for name in ("bucket", "mask", "kind", "views")
    )
    return Rows(steps, keys, step, key, bucket, mask + (kind << len(SIGNALS)), views)


def by_step(rows: Rows, buckets: Grid) -> list[StepScan]:
    """The scan of each step; a bucket of the rows lies within one of `buckets`, or before them all."""
    scans = (_step(rows, code, buckets) for code in range(len(rows.steps)))
    return sorted((one for one in scans if one), key=lambda one: one.step)


def _step(rows: Rows, step: int, buckets: Grid) -> StepScan | None:
    mine = (rows.step == step) & (rows.bucket >= buckets.since)
    key, code, views = rows.key[mine], rows.code[mine], rows.views[mine]
    many = np.bincount(key, weights=views, minlength=len(rows.keys)) >= LEAST_ARRIVALS
    order = sorted(np.flatnonzero(many).tolist(), key=rows.keys.__getitem__)
    if not order or rows.keys[order[0]]:
        return None
    place = np.full(len(rows.keys), -1)
    place[order] = np.arange(len(order))
    told, kept = np.unique(code), many[key]
    shape = (len(order), len(buckets.starts), len(told))
    bucket = np.searchsorted(buckets.starts, rows.bucket[mine][kept], side="right") - 1
    cell = np.ravel_multi_index((place[key[kept]], bucket, np.searchsorted(told, code[kept])), shape)
    weights = views[kept].astype(np.float64)
    counts = np.asarray(np.bincount(cell, weights, prod(shape)).reshape(shape), dtype=np.float64)
    names = tuple(rows.keys[index] for index in order)
    return StepScan(rows.steps[step], names, counts, buckets, codes=tuple(told.tolist()))


def less(step: StepScan, rows: Rows) -> StepScan | None:
    """The step without the arrivals that `rows` count, which are of it; None when too few are left.

    Events may have come between the two counts, so that nothing is taken off which is not there.
    """
    known = {key: index for index, key in enumerate(step.keys)}
    codes = np.full(CODES, -1)
    codes[list(step.codes)] = np.arange(len(step.codes))
    key = np.array([known.get(name, -1) for name in rows.keys], dtype=np.int64)[rows.key]
    code = codes[rows.code]
    taken = (key >= 0) & (code >= 0) & (rows.bucket >= step.grid.since)
    bucket = np.searchsorted(step.grid.starts, rows.bucket[taken], side="right") - 1
    cell = np.ravel_multi_index((key[taken], bucket, code[taken]), step.views.shape)
    off = np.bincount(cell, rows.views[taken].astype(np.float64), step.views.size)
    views = np.maximum(step.views - off.reshape(step.views.shape), 0)
    many = views.sum(axis=(1, 2)) >= LEAST_ARRIVALS
    if not many[0]:
        return None
    return replace(step, keys=tuple(np.array(step.keys)[many].tolist()), views=views[many])


def _codes(column: "pa.ChunkedArray[pa.StringScalar]") -> tuple[Codes, list[str]]:
    coded: Any = column.combine_chunks().dictionary_encode()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    names: list[str] = coded.dictionary.to_pylist()
    return coded.indices.to_numpy().astype(np.int64), names
