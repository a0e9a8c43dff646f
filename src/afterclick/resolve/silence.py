"""Whether visits have stopped coming: that nobody meets a problem is no good sign where nobody comes at all."""

from typing import Protocol

import msgspec

from afterclick.accounts import Sites
from afterclick.clock import now_ms
from afterclick.jobs import Job, Stop, each
from afterclick.resolve.scan import DAY, HOUR, MINUTE
from afterclick.store.control.learned import Fact, Learned
from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope
from afterclick.store.store import Store

_SQL = statements("afterclick.resolve", "silence.sql")

SHORTEST = 10 * MINUTE
"""A silence shorter than this is not told: what a browser sends late may still come."""
DAYS = 14
LEAST = 10
"""Visits that began at the same hours on each day before. The lower 95 % limit of a Poisson mean of which 10 came on
one day is 5.4, from which nobody comes in 0.5 % of such stretches; where as many came on each of 14 days it is 12, and
nobody comes in 0.001 %."""


class Silence(msgspec.Struct, frozen=True):
    """Nobody has done anything since `since` (UTC ms); on each of the `days` before, between `least` and `most` visits
    began at these hours.
    """

    since: int
    least: int
    most: int
    days: int


class _Ends(msgspec.Struct, frozen=True):
    first: int
    last: int


class _Day(msgspec.Struct, frozen=True):
    day: int
    visits: int


def silence(reader: Reader, scope: Scope, now: int) -> Silence | None:
    """How long it has been silent at `now` (UTC ms), where so long a silence is unusual; None otherwise.

    It is compared with the same hours of up to 14 days before it, of a silence of a day and longer with whole days.
    Days before the first visit are none.
    """
    lately = _ends(reader, scope, now - DAY, now)
    if lately and now - lately.last < SHORTEST:
        return None
    ends = _ends(reader, scope, now - 2 * DAYS * DAY, now)
    if ends is None:
        return None
    quiet = min(now - ends.last, DAY)
    passed = -(-(now - ends.last) // DAY)
    days = min(DAYS, (now - quiet - ends.first) // DAY - passed + 1)
    if days < 1:
        return None
    asked = {"now": now, "quiet": quiet, "passed": passed, "days": days}
    came = [one.visits for one in reader.rows(scope, _SQL["same_hours"], _Day, asked)]
    if len(came) < days or min(came) < LEAST:
        return None
    return Silence(ends.last, min(came), max(came), days)


def _ends(reader: Reader, scope: Scope, since: int, until: int) -> _Ends | None:
    return next(iter(reader.rows(scope, _SQL["ends"], _Ends, {"since": since, "until": until})), None)


def _was_live(reader: Reader, scope: Scope, found: Silence) -> bool:
    """Whether anything of the hour before the silence came as it happened: imported data only ends."""
    asked = {"since": found.since, "hour": HOUR}
    return reader.rows(scope, _SQL["came_live"], _Came, asked)[0].live > 0


class _Came(msgspec.Struct, frozen=True):
    live: int


class _Parts(Protocol):
    @property
    def store(self) -> Store: ...
    @property
    def learned(self) -> Learned: ...
    @property
    def sites(self) -> Sites: ...


class Heard(msgspec.Struct, frozen=True):
    """What the job has heard: the silence, if there is one."""

    silence: Silence | None


HEARD = Fact("silence", Heard)


def _run(parts: _Parts, stop: Stop) -> None:
    def listen(site: str) -> None:
        scope, now = Scope(site), now_ms()
        found = silence(parts.store, scope, now)
        if found and not _was_live(parts.store, scope, found):
            found = None
        parts.learned.keep(site, HEARD, Heard(found), now)

    each((site.id for site in parts.sites.list()), listen, stop)


LISTEN = Job(
    "listen", 60, _run, "tells when visits have stopped coming, see [resolve.md](resolve.md#silence)", rest=3
)
