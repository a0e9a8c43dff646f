"""The counts that detection runs on: arrivals at each step by time, segment key and signals met."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from afterclick.impact import Signal
from afterclick.measure.usual import Limit, bound
from afterclick.resolve.arrivals import bit, joined_keys, over_arrivals
from afterclick.resolve.candidate import SIGNALS, Segment
from afterclick.resolve.excess import Numbers
from afterclick.store.engine.query import Parameter, Reader
from afterclick.store.scope import Scope

Codes = NDArray[np.int64]

_SQL = over_arrivals("detect.sql")

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
LOOKBACK = 14 * DAY
LEAST_ARRIVALS = 5
SLOW_KINDS = (1, 2, 3, 4)
"""What a page view was slow by: request, LCP, INP, resource."""
CODES = (1 + len(SLOW_KINDS)) << len(SIGNALS)
"""An arrival's mask of signals, and above it its kind of slow."""

_GRID = ((30 * SECOND, 10 * MINUTE), (5 * MINUTE, 3 * HOUR), (30 * MINUTE, 2 * DAY), (2 * HOUR, LOOKBACK))
"""Bucket width and how far back it reaches: fine near now, where an onset must be caught."""


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
        """What a statement that counts by these buckets is bound to."""
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


def scan(
    reader: Reader,
    scope: Scope,
    now: int,
    limits: Mapping[str, tuple[Limit, ...]],
    steps: tuple[str, ...] = (),
    excluded: tuple[Segment, ...] = (),
) -> list[StepScan]:
    """Count arrivals before `now`, at all steps or the named ones, without those in `excluded` segments.

    `limits` are those of each step by device class.
    """
    buckets = grid(now)
    parameters = {**buckets.bound, **bound(limits), "steps": list(steps), "excluded": joined_keys(excluded)}
    counted = by_step(reader.arrow(scope, _SQL["scan"], parameters), buckets)
    return [replace(one, limits=limits.get(one.step, ())) for one in counted]


def by_step(table: pa.Table, buckets: Grid) -> list[StepScan]:
    """The scans of rows of `step`, `bucket`, `key`, `mask`, `kind` and `views`."""
    step_codes, step_names = _codes(table["step"])
    key_codes, key_names = _codes(table["key"])
    columns = {name: table[name].to_numpy().astype(np.int64) for name in ("bucket", "mask", "kind", "views")}
    position = np.searchsorted(buckets.starts, columns["bucket"])
    code_of = columns["mask"] + (columns["kind"] << len(SIGNALS))
    found: list[StepScan] = []
    for code, name in enumerate(step_names):
        rows = step_codes == code
        used, told = np.unique(key_codes[rows]), np.unique(code_of[rows])
        names = [key_names[int(key)] for key in used]
        if "" not in names:
            continue
        order = sorted(range(len(used)), key=lambda index: names[index])
        place = np.zeros(len(key_names), dtype=np.int64)
        place[used[order]] = np.arange(len(used))
        shape = (len(used), len(buckets.starts), len(told))
        cell = np.ravel_multi_index(
            (place[key_codes[rows]], position[rows], np.searchsorted(told, code_of[rows])), shape
        )
        views = np.bincount(cell, weights=columns["views"][rows], minlength=prod(shape)).reshape(shape)
        keys = tuple(names[index] for index in order)
        found.append(StepScan(name, keys, views, buckets, codes=tuple(told.tolist())))
    return sorted(found, key=lambda one: one.step)


def _codes(column: "pa.ChunkedArray[pa.StringScalar]") -> tuple[Codes, list[str]]:
    coded = column.combine_chunks().dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()
