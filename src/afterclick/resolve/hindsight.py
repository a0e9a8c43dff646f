"""Faults of the past: what came long after it happened is looked at as passes would have seen it then.

An import of last week's data brings faults that began and ended before anybody looked. A pass tells what is raised
since some moment until now, which they no longer are. So passes are made for the moments that the data is of, beside
the book; what had closed by the end, and is not in the book, is told as closed.
"""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from afterclick.accounts import Sites
from afterclick.clock import now_ms
from afterclick.jobs import Job, Stop, each
from afterclick.resolve.book import ProblemBook
from afterclick.resolve.problem import Problem
from afterclick.resolve.scan import DAY, HOUR, LOOKBACK
from afterclick.resolve.watch import Change, Changes, watch
from afterclick.store.control.learned import Fact, Learned
from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope
from afterclick.store.store import Store

_VIEWS = statements("afterclick.resolve", "hindsight.sql")["views"]

SLICE = 6 * HOUR
OLD = HOUR
"""ms after the end of a slice from which on hardly anything of it comes as it happens."""
LEAST, SHARE = 100, 0.2
"""Page views that came to an old slice since, and how many they are of those before: fewer, as from browsers that were
offline, tell of no fault."""
STEP = 4 * HOUR
"""ms between two of the moments."""
AFTER = DAY
"""ms that are looked at beyond the data, in which what is over is seen to be."""

Views = dict[int, int]
"""Page views by the slice (its start, UTC ms) in which their visit began."""


class Looked(msgspec.Struct, frozen=True):
    """The page views that there were when they were `looked` at, and when the job last ran (`seen`)."""

    looked: Views
    seen: Views

    def unseen(self, views: Views, now: int) -> list[int]:
        """Old slices to which many page views have come since they were looked at, in order."""
        return [
            one
            for one, n in sorted(views.items())
            if one + SLICE + OLD <= now and self._is_more(n - self.looked.get(one, 0), one)
        ]

    def _is_more(self, came: int, one: int) -> bool:
        return came >= max(LEAST, SHARE * self.looked.get(one, 0))


NOTHING = Looked({}, {})
LOOKED = Fact("past looked at", Looked)


class _Slice(msgspec.Struct, frozen=True):
    slice: int
    views: int


def counted(reader: Reader, scope: Scope, now: int) -> Views:
    """The page views that there are, of the days that detection looks back on."""
    asked = {"slice": SLICE, "visits_since": now - LOOKBACK, "visits_until": now}
    return {one.slice: one.views for one in reader.rows(scope, _VIEWS, _Slice, asked)}


def moments(slices: list[int], now: int) -> range:
    """As of when to look at what came in the slices (UTC ms); no moment is ahead of `now`."""
    return range(slices[0] + STEP, min(slices[-1] + SLICE + AFTER, now) + 1, STEP)


def past(
    reader: Reader, scope: Scope, moments: range, rest: Callable[[float], object] = lambda took: None
) -> list[Problem]:
    """The problems that had opened and closed by the last of the `moments` (UTC ms), as passes at each would have told
    them; `rest` is called after each with the seconds that it took. Blocks for long.
    """
    ledger = _Ledger()
    for moment in moments:
        began = time.monotonic()
        for _ in watch(reader, scope, moment, ledger):
            pass
        rest(time.monotonic() - began)
    return [one for one in ledger.problems(scope.site) if one.status == "closed"]


def unknown(found: list[Problem], known: list[Problem]) -> Iterator[Problem]:
    """Those of the found that the book has nothing of: no problem of the same place was met in their time."""
    for one in found:
        if not any(_meets(one, other) for other in known):
            yield one


def _meets(one: Problem, other: Problem) -> bool:
    same = (one.step, one.service) == (other.step, other.service)
    return same and one.onset_low <= other.last_seen and other.onset_low <= one.last_seen


class _Ledger:
    """Problems of one site, in memory alone, as `watch` reads and writes them."""

    def __init__(self) -> None:
        self._kept: dict[str, Problem] = {}

    def problems(self, site: str) -> list[Problem]:
        return list(self._kept.values())

    def save(self, problem: Problem) -> Problem:
        self._kept[problem.id] = problem
        return problem


class _Parts(Protocol):
    @property
    def store(self) -> Store: ...
    @property
    def book(self) -> ProblemBook: ...
    @property
    def learned(self) -> Learned: ...
    @property
    def sites(self) -> Sites: ...
    @property
    def changes(self) -> Changes: ...


def _run(parts: _Parts, stop: Stop) -> None:
    each((site.id for site in parts.sites.list()), lambda site: _look_back(parts, site, stop), stop)


def _look_back(parts: _Parts, site: str, stop: Stop) -> None:
    scope, now = Scope(site), now_ms()
    known, views = parts.learned.newest(site, LOOKED), counted(parts.store, scope, now)
    before = known.value if known else NOTHING
    slices = before.unseen(views, now)
    if any(views[one] != before.seen.get(one) for one in slices):  # more may be on its way
        parts.learned.keep(site, LOOKED, Looked(before.looked, views), now)
        return
    if slices:
        _tell(parts, scope, moments(slices, now), now, stop)
    parts.learned.keep(site, LOOKED, Looked(views, views), now)


def _tell(parts: _Parts, scope: Scope, moments: range, now: int, stop: Stop) -> None:
    def rest(took: float) -> None:
        stop.wait(took)
        stop.check()

    found = past(parts.store, scope, moments, rest)
    for one in unknown(found, parts.book.problems(scope.site)):
        kept = parts.book.save(msgspec.structs.replace(one, detected=now))
        parts.changes.tell(Change(kind="closed", problem=kept))


HINDSIGHT = Job(
    "look back",
    60,
    _run,
    "finds problems of the past in data that came long after it happened, see [resolve.md](resolve.md#hindsight)",
    rest=3,
)
