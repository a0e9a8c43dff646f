"""Settling: what one inserted block cannot know, computed again from whole minutes.

Each inserted block of spans leaves a ticket for every minute that it touched, in the same insert. Settling reads the
open tickets, computes those minutes of `service_minutes` and `service_edges` anew, and only then marks the tickets
settled: a crash in between repeats work that changes nothing. Refunds that came outside a visit are carried to it.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from afterclick.clock import now_ms
from afterclick.jobs import Job, Stop
from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import statements

LINK_MS = 3_600_000
"""A span's parent is looked for up to an hour before and after it; traces longer than that lose edges."""

STRETCH = timedelta(hours=6)
"""Minutes are settled in stretches of up to six hours, so that a week of history stays within a query's memory."""

_SQL = statements("afterclick.store.rollups", "settle.sql")
_MINUTE_MS = 60_000


class Settled(NamedTuple):
    """What one run did."""

    minutes: int
    refunds: int


class _Stretch(NamedTuple):
    """Dirty minutes of one site (UTC ms, ascending), and the rows of `dirty_minutes` that ask for them."""

    site: str
    minutes: list[int]
    tickets: pa.Table


def settle(engine: Engine, now: int, stop: Stop | None = None) -> Settled:
    """Compute every dirty minute anew and carry late refunds to their visits; `now` (UTC ms) dates the tickets.

    Idempotent, and safe to kill at any point. Two runs at the same time are safe but waste work. Raises Stopped between
    two stretches once `stop` is set.
    """
    minutes = 0
    for stretch in _stretches(engine):
        if stop:
            stop.check()
        minutes += _settle_minutes(engine, stretch)
        _close(engine, "dirty_minutes", stretch.tickets, now)
    return Settled(minutes, _settle_refunds(engine, now))


def _stretches(engine: Engine) -> Iterator[_Stretch]:
    with engine.between_inserts():  # a ticket must not be seen before its spans
        tickets = engine.query(_OPEN_TICKETS, tag="dirty_minutes")
    rows = tickets.to_pylist()
    first = 0
    for at, row in enumerate([*rows, None]):
        if (
            row is None
            or row["site"] != rows[first]["site"]
            or row["minute"] - rows[first]["minute"] >= STRETCH
        ):
            if at > first:
                minutes = sorted({_milliseconds(row) for row in rows[first:at]})
                yield _Stretch(rows[first]["site"], minutes, tickets.slice(first, at - first))
            first = at


def _milliseconds(row: dict[str, Any]) -> int:
    return int(row["minute"].timestamp() * 1000)


def _settle_minutes(engine: Engine, stretch: _Stretch) -> int:
    touched = _with_linked(engine, stretch)
    window = _window(stretch.site, touched)
    for table in ("service_minutes", "service_edges"):
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


def carry_refunds(engine: Engine) -> None:
    """Carry every refund that came outside a visit to the visit of its order; idempotent."""
    engine.command(_CARRY_REFUNDS)


def _settle_refunds(engine: Engine, now: int) -> int:
    refunds = engine.query(_OPEN_REFUNDS, tag="late_refunds")
    if refunds.num_rows:
        carry_refunds(engine)
        _close(engine, "late_refunds", refunds, now)
    return refunds.num_rows


def _close(engine: Engine, table: str, rows: pa.Table, now: int) -> None:
    if rows.num_rows:
        column = pa.array([now] * rows.num_rows, pa.int64()).cast(pa.timestamp("ms", "UTC"))
        engine.insert(table, rows.append_column("settled", column))


_OPEN_TICKETS = """
SELECT site, minute, ticket FROM dirty_minutes WHERE settled = toDateTime64(0, 3, 'UTC') ORDER BY site, minute
"""
_OPEN_REFUNDS = """
SELECT late_refunds.* EXCEPT settled FROM late_refunds
INNER JOIN orders ON orders.site = late_refunds.site AND orders.order_id = late_refunds.order_id
WHERE late_refunds.settled = toDateTime64(0, 3, 'UTC') AND toUnixTimestamp64Milli(orders.session_start) > 0
"""
_CARRY_REFUNDS = """
INSERT INTO sessions (site, session_start, session_id, refunds)
SELECT orders.site, orders.session_start, orders.session_id, map(toString(late_refunds.event_id), late_refunds.revenue)
FROM late_refunds
INNER JOIN orders ON orders.site = late_refunds.site AND orders.order_id = late_refunds.order_id
WHERE toUnixTimestamp64Milli(orders.session_start) > 0
"""


class _Store(Protocol):
    def settle(self, now: int, stop: Stop) -> object: ...


class _Parts(Protocol):
    @property
    def store(self) -> _Store: ...


def _run(parts: _Parts, stop: Stop) -> None:
    parts.store.settle(now_ms(), stop)


SETTLE = Job("settle", 5, _run, "recomputes the minutes of services and their calls that new spans touched")
