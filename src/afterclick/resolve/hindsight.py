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
from afterclick.resolve.scan import DAY, HOUR, LOOKBACK, MINUTE
from afterclick.resolve.watch import Change, Changes, watch
from afterclick.store.control.learned import Fact, Learned
from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope
from afterclick.store.store import Store

_LATE = statements("afterclick.resolve", "hindsight.sql")["late"]

APART = 12 * HOUR
"""ms that lie between a page view and its arrival here before it is of the past."""
LEAST = 100
"""Page views of one slice of time that came late: fewer, as from a browser that was offline, tell of no fault."""
SLICE = 2 * HOUR
SETTLED = MINUTE
"""ms without more of them, after which an import has ended."""
STEP = 4 * HOUR
"""ms between two of the moments."""
AFTER = DAY
"""ms that are looked at beyond the data, in which what is over is seen to be."""

LOOKED_AT = Fact("past looked at", int)
"""The newest arrival (UTC ms) of what has been looked at."""


class Late(msgspec.Struct, frozen=True):
    """Page views of visits that began from `since` to before `until` came late, the last `received` then (UTC ms)."""

    since: int
    until: int
    received: int

    def moments(self, now: int) -> range:
        """The moments to look at, as of which passes are made; none is ahead of `now`."""
        return range(self.since + STEP, min(self.until + AFTER, now) + 1, STEP)


def late(reader: Reader, scope: Scope, now: int, looked_at: int) -> Late | None:
    """What came late, after `looked_at` (UTC ms), and has all come by now; None where there is nothing."""
    asked = {
        "slice": SLICE,
        "visits_since": now - LOOKBACK,
        "visits_until": now - APART,
        "apart": APART,
        "looked_at": looked_at,
        "least": LEAST,
    }
    found = next(iter(reader.rows(scope, _LATE, Late, asked)), None)
    return found if found and now - found.received >= SETTLED else None


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
    looked_at = parts.learned.newest(site, LOOKED_AT)
    came = late(parts.store, scope, now, looked_at.value if looked_at else 0)
    if came is None:
        return

    def rest(took: float) -> None:
        stop.wait(took)
        stop.check()

    found = past(parts.store, scope, came.moments(now), rest)
    for one in unknown(found, parts.book.problems(site)):
        kept = parts.book.save(msgspec.structs.replace(one, detected=now))
        parts.changes.tell(Change(kind="closed", problem=kept))
    parts.learned.keep(site, LOOKED_AT, came.received, now)


HINDSIGHT = Job(
    "look back",
    60,
    _run,
    "finds problems of the past in data that came long after it happened, see [resolve.md](resolve.md#hindsight)",
    rest=3,
)
