"""What detection counts, each visit once: a pass reads what is new since the last, and keeps what is known of the rest.

Visits are counted by the slice of time in which they began, and a slice to which no event came or went since stays as
it was counted. Nothing is kept for longer than an hour, or than the site has a hundredth more events, so that the usual
waits follow, and whatever else could change a count shows by then. What is kept are counts by key, in memory alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np
import pyarrow as pa

from afterclick.measure.usual import Limit, bound
from afterclick.resolve.arrivals import joined_keys, over_arrivals
from afterclick.resolve.candidate import Segment
from afterclick.resolve.scan import DAY, HOUR, Codes, Rows, StepScan, bucketed, by_step, grid, less, rows_of
from afterclick.resolve.usual import Limits, usual
from afterclick.store.engine.query import Parameter, Reader, statements
from afterclick.store.scope import Scope

_SQL = {name: bucketed(one) for name, one in over_arrivals("counts.sql", of_visits=True).items()}
_SLICES = statements("afterclick.resolve", "slices.sql")["slices"]

SLICE = 2 * HOUR
STANDS = HOUR
GROWN = 1.01
MOST_ROWS = 500_000
"""Rows that are kept of a site, 40 bytes each; one that has more, by tags of many values, is read as a whole."""
MOST_READS = 3
"""Stretches of slices that are read by themselves; where more of them changed, all between are read again."""
ALL_ROWS = 1 << 62
Table = np.ndarray[tuple[int, int], np.dtype[np.int64]]


@dataclass(frozen=True)
class _Question:
    """Which arrivals are counted: of one step, or of all; in one of the segments `inside`, or all; in none of
    `excluded`. Each segment is its keys on lines. `limits` tell what is slower than usual.
    """

    step: str | None = None
    inside: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    limits: tuple[tuple[str, tuple[Limit, ...]], ...] = ()

    @property
    def bound(self) -> dict[str, Parameter]:
        steps: list[str] = [] if self.step is None else [self.step]
        words = {"steps": steps, "inside": list(self.inside), "excluded": list(self.excluded)}
        return {**bound(dict(self.limits)), **words}


class _Slice(msgspec.Struct, frozen=True):
    """Of the visits that began in one slice: their events and page views, and when the last happened (UTC ms)."""

    slice: int
    events: int
    views: int
    received: int
    last: int


@dataclass
class _Counted:
    """What a question was answered by slice, in rows of step, key, bucket, code and views; how each slice stood then.
    Names are numbered once for all slices.
    """

    steps: dict[str, int] = field(default_factory=dict[str, int])
    keys: dict[str, int] = field(default_factory=dict[str, int])
    rows: dict[int, Table] = field(default_factory=dict[int, Table])
    stood: dict[int, _Slice | None] = field(default_factory=dict[int, _Slice | None])

    @property
    def size(self) -> int:
        return sum(len(rows) for rows in self.rows.values())

    def changed(self, slices: Mapping[int, _Slice]) -> list[int]:
        """Slices that are not as they stood when they were counted, in order."""
        known = {*slices, *self.rows}
        return sorted(one for one in known if one not in self.stood or self.stood[one] != slices.get(one))

    def forget(self, low: int, high: int) -> None:
        """Drop the slices from `low` to before `high`."""
        for one in [one for one in self.rows.keys() | self.stood.keys() if low <= one < high]:
            self.rows.pop(one, None)
            self.stood.pop(one, None)

    def take(self, table: pa.Table) -> None:
        """Add what was read of slices that are not here."""
        rows, of = rows_of(table), table["slice"].to_numpy().astype(np.int64)
        step, key = _numbered(self.steps, rows.steps)[rows.step], _numbered(self.keys, rows.keys)[rows.key]
        columns = np.column_stack((step, key, rows.bucket, rows.code, rows.views))
        order = np.argsort(of, kind="stable")
        found, first = np.unique(of[order], return_index=True)
        parts = np.split(columns[order], first[1:])
        self.rows |= dict(zip(found.tolist(), parts, strict=False))

    def told(self) -> Rows:
        """All of it."""
        every = np.concatenate([np.empty((0, 5), np.int64), *self.rows.values()])
        step, key, bucket, code, views = every.T
        return Rows(list(self.steps), list(self.keys), step, key, bucket, code, views)


def _numbered(known: dict[str, int], names: list[str]) -> Codes:
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)


def _stretches(slices: list[int]) -> list[tuple[int, int]]:
    """From when to when to read, so that all of these slices are in it, in few reads."""
    found: list[tuple[int, int]] = []
    for one in slices:
        if found and one - found[-1][1] <= SLICE:
            found[-1] = (found[-1][0], one + SLICE)
        else:
            found.append((one, one + SLICE))
    return found if len(found) <= MOST_READS else [(found[0][0], found[-1][1])]


@dataclass
class Kept:
    """What passes over one site keep for the next. For one pass at a time."""

    since: int = 0
    until: int = 0
    events: int = 0
    limits: Limits = field(default_factory=dict[str, tuple[Limit, ...]])
    counted: dict[_Question, _Counted] = field(default_factory=dict[_Question, _Counted])
    asked: set[_Question] = field(default_factory=set[_Question])
    as_a_whole: bool = False

    def still(self, now: int, events: int) -> bool:
        """Whether it may be gone on from at `now`, where the site has so many events."""
        return self.until <= now < self.since + STANDS and self.events <= events <= GROWN * self.events

    def begin(self, now: int, events: int, limits: Limits) -> None:
        """Forget all, and begin anew at `now`."""
        self.since, self.events, self.limits, self.as_a_whole = now, events, limits, False
        self.counted = {}


class Counts:
    """The counts of one pass as of `now` (UTC ms), at steps of `standing` limits by those. Blocks."""

    def __init__(
        self, reader: Reader, scope: Scope, now: int, standing: Limits | None = None, kept: Kept | None = None
    ) -> None:
        self._reader, self._scope, self._grid, self._kept = reader, scope, grid(now), kept or Kept()
        self._answers: dict[_Question, Rows] = {}
        self._all = self._grid.since - DAY, self._grid.until + DAY
        """When visits began that may have arrivals in the grid: clocks may be wrong by a day."""
        window = {"slice": SLICE, "visits_since": self._all[0]}
        self._slices = {one.slice: one for one in reader.rows(scope, _SLICES, _Slice, window)}
        events = sum(one.events for one in self._slices.values())
        if not self._kept.still(now, events):
            self._kept.begin(now, events, usual(reader, scope, self._grid.since, now))
        self._kept.until = now
        self._kept.counted = {
            one: self._kept.counted[one] for one in self._kept.asked & self._kept.counted.keys()
        }
        self._kept.asked = set()
        self._limits = {**self._kept.limits, **(standing or {})}

    def steps(self) -> list[StepScan]:
        """Arrivals at each step."""
        rows = self._told(_Question(limits=tuple(self._limits.items())))
        return [replace(one, limits=self._limits.get(one.step, ())) for one in by_step(rows, self._grid)]

    def without(self, step: StepScan, segments: tuple[Segment, ...]) -> StepScan | None:
        """The step without the arrivals in any of the segments."""
        return less(step, self._told(self._of(step, segments, ())))

    def joined(self, step: StepScan, segment: Segment, excluded: tuple[Segment, ...]) -> Rows:
        """Arrivals at the step in the segment, and in none of the excluded, by every further key."""
        return self._told(self._of(step, (segment,), excluded))

    def _of(self, step: StepScan, inside: tuple[Segment, ...], excluded: tuple[Segment, ...]) -> _Question:
        return _Question(
            step.step, tuple(joined_keys(inside)), tuple(joined_keys(excluded)), ((step.step, step.limits),)
        )

    def _told(self, question: _Question) -> Rows:
        if question not in self._answers:
            self._answers[question] = self._answer(question)
        return self._answers[question]

    def _answer(self, question: _Question) -> Rows:
        """Read anew of slices that changed, and as it was of the others."""
        kept = self._kept
        kept.asked.add(question)
        if kept.as_a_whole:
            return self._whole(question)
        counted = kept.counted.pop(question, None) or _Counted()
        counted.forget(0, self._all[0])
        changed = _stretches(counted.changed(self._slices)) if counted.stood else [self._all]
        for low, high in changed:
            counted.forget(low, high)
            counted.take(self._read(question, low, min(high, self._all[1]), MOST_ROWS))
        if counted.size + sum(one.size for one in kept.counted.values()) >= MOST_ROWS:
            kept.as_a_whole, kept.counted = True, {}
            return self._whole(question)
        counted.stood = {
            one: self._slices.get(one) for one in {*self._slices, *counted.rows} if self._over(one)
        }
        kept.counted[question] = counted
        return counted.told()

    def _over(self, one: int) -> bool:
        """Whether time alone brings nothing more to the slice: no event of it lies ahead, by whatever clock."""
        last = self._slices[one].last if one in self._slices else 0
        return last < self._grid.until and one + SLICE <= self._all[1]

    def _whole(self, question: _Question) -> Rows:
        if question.step is not None:
            return rows_of(self._read(question, *self._all, ALL_ROWS))
        asked = {
            **self._grid.bound,
            **question.bound,
            "visits_since": self._all[0],
            "visits_until": self._all[1],
        }
        return rows_of(self._reader.arrow(self._scope, _SQL["counted_at_once"], asked))

    def _read(self, question: _Question, low: int, high: int, most: int) -> pa.Table:
        asked = {**self._grid.bound, **question.bound, "slice": SLICE, "most": most}
        return self._reader.arrow(
            self._scope, _SQL["counted"], {**asked, "visits_since": low, "visits_until": high}
        )
