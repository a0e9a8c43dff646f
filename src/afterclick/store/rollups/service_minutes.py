"""Services by the minute, and the calls between them: settled from whole minutes of spans, since one inserted block
cannot know them.

Each inserted block of spans leaves a ticket for every minute that it touched, in the same insert. Settling reads the
open tickets, computes those minutes of `SETTLED` anew, and only then closes the tickets: a crash in between repeats
work that changes nothing.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from afterclick.clock import now_ms
from afterclick.jobs import Feed, Job, Stop
from afterclick.store.engine.connection import Engine
from afterclick.store.rollups import tickets
from afterclick.store.rollups.calls import over_calls

LINK_MS = 3_600_000
"""What a span belongs to is looked for up to an hour before and after it; traces longer than that lose edges, and so do
messages that wait longer.
"""

STRETCH = timedelta(hours=6)
"""Minutes are settled in stretches of up to six hours, so that a week of history stays within a query's memory."""

SETTLED = ("service_minutes", "service_edges", "server_signals")
"""The tables of which whole minutes are replaced."""

_SQL = over_calls("afterclick.store.rollups", "service_minutes.sql")
_MINUTE_MS = 60_000


class _Stretch(NamedTuple):
    """Dirty minutes of one site (UTC ms, ascending), and the rows of `dirty_minutes` that ask for them."""

    site: str
    minutes: list[int]
    tickets: pa.Table


def settle_minutes(engine: Engine, now: int, stop: Stop | None = None) -> int:
    """Compute every dirty minute anew; how many there were. `now` (UTC ms) dates the tickets.

    Idempotent, and safe to kill at any point. Two runs at the same time are safe but waste work. Raises Stopped between
    two stretches once `stop` is set.
    """
    minutes = 0
    for stretch in _stretches(engine):
        if stop:
            stop.check()
        minutes += _settle(engine, stretch)
        tickets.close(engine, "dirty_minutes", stretch.tickets, now)
    return minutes


def _stretches(engine: Engine) -> Iterator[_Stretch]:
    with engine.between_inserts():  # a ticket must not be seen before its spans
        opened = engine.query(_OPEN_TICKETS, tag="dirty_minutes")
    rows = opened.to_pylist()
    first = 0
    for at, row in enumerate([*rows, None]):
        if (
            row is None
            or row["site"] != rows[first]["site"]
            or row["minute"] - rows[first]["minute"] >= STRETCH
        ):
            if at > first:
                minutes = sorted({_milliseconds(row) for row in rows[first:at]})
                yield _Stretch(rows[first]["site"], minutes, opened.slice(first, at - first))
            first = at


def _milliseconds(row: dict[str, Any]) -> int:
    return int(row["minute"].timestamp() * 1000)


def _settle(engine: Engine, stretch: _Stretch) -> int:
    touched = _with_linked(engine, stretch)
    window = _window(stretch.site, touched)
    for table in SETTLED:
        newest = engine.rows(_SQL[f"newest_{table}"].sql, window, tag="settle")[0]["version"]
        # The clock orders ordinary runs, the table guards against a clock that went back.
        version = max(time.time_ns() // 1000, newest + 2)
        engine.command(_SQL[table].sql, {**window, "version": version})
    return len(touched)


def _with_linked(engine: Engine, stretch: _Stretch) -> list[int]:
    """The dirty minutes and every minute that shares a trace with them, since a late parent changes an early edge."""
    found = engine.rows(_SQL["linked_minutes"].sql, _window(stretch.site, stretch.minutes), tag="settle")
    return sorted({*stretch.minutes, *map(_milliseconds, found)})


def _window(site: str, minutes: list[int]) -> dict[str, str | int | list[int]]:
    return {
        "site": site,
        "minutes": minutes,
        "since": minutes[0] - LINK_MS,
        "until": minutes[-1] + _MINUTE_MS + LINK_MS,
    }


_OPEN_TICKETS = """
SELECT site, minute, ticket FROM dirty_minutes WHERE settled = toDateTime64(0, 3, 'UTC') ORDER BY site, minute
"""


class _Store(Protocol):
    def settle(self, now: int, stop: Stop) -> object: ...


class _Parts(Protocol):
    @property
    def store(self) -> _Store: ...


def _run(parts: _Parts, stop: Stop) -> None:
    parts.store.settle(now_ms(), stop)


SETTLE = Job(
    "settle",
    5,
    _run,
    "recomputes the minutes of services and their calls that new spans touched",
    feeds=Feed("service times", "settled"),
)
