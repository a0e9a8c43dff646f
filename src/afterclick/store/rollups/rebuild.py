"""Rebuilding: a rollup's months computed again from the events, for changed definitions and after jumps of the clock.

A month is built in a shadow table beside the live one and swapped in whole, with what jobs bring to visits. While it is
built, a view of the shadow's own lets new events into both; all states are idempotent, so an event that comes both ways
counts once.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from afterclick.jobs import Stop
from afterclick.store.engine.connection import Engine
from afterclick.store.rollups.identity import link_visits
from afterclick.store.rollups.order_visits import carry_orders
from afterclick.store.schema.catalogue import TABLES

BY_MONTH = [table.name for table in TABLES if table.rebuilt == "by month"]
"""Rollups in monthly partitions by the visit's start."""
WHOLE = [table.name for table in TABLES if table.rebuilt == "whole"]
"""Rollups without partitions."""
ALL = "all"
"""The one partition of a rollup without months, as the engine calls it."""
VISITS = "sessions"
"""The rollup that jobs bring something to, besides its view."""

SLICE_EVENTS = 100_000
"""Events that are built at once; of an hour that holds more, what does not fit into memory goes over the disk."""

BLOCK_ROWS = 20_000
"""Rows that are written at once: each holds what was felt on a page or in a visit, a kilobyte and more in memory."""

_SHADOW = "_shadow"


def rebuild(engine: Engine, since: int, until: int) -> list[str]:
    """Build all orders, and the other rollups for the months of [since, until) (UTC ms), anew from the events.

    Returns the months, such as "202611". Idempotent; readers see the old month until the new one is whole.
    """
    months = [f"{month:%Y%m}" for month in _months(since, until)]
    with engine.gate.rebuilding():
        for table in WHOLE:
            _build(engine, table, ALL)
        for table in BY_MONTH:
            for month in months:
                _build(engine, table, month)
        carry_orders(engine)
    return months


def rebuild_partition(engine: Engine, table: str, partition: str, stop: Stop | None = None) -> None:
    """Build one month of a rollup ("202611"), or ALL of one without months, anew from the events.

    Idempotent, and safe to kill at any point. Raises Stopped between two slices once `stop` is set; nothing has changed
    then.
    """
    with engine.gate.rebuilding(stop):
        _build(engine, table, partition, stop)
        if table in WHOLE:
            carry_orders(engine)


def drop_left_shadows(engine: Engine) -> None:
    """Drop what a rebuild that died half-way left behind; it would take every insert twice."""
    with engine.gate.unless_rebuilding() as nobody_rebuilds:
        if nobody_rebuilds:
            _drop_shadows(engine)


def _drop_shadows(engine: Engine) -> None:
    for left in engine.rows(_SHADOWS, {"ending": f"%{_SHADOW}%"}, tag="shadows"):
        engine.command(f"DROP TABLE IF EXISTS {left['name']} SYNC")


def _build(engine: Engine, table: str, partition: str, stop: Stop | None = None) -> None:
    view = engine.rows(_VIEW, {"view": f"{table}_of"}, tag="rebuild")[0]
    with _shadow(engine, table, view["as_select"]) as shadow:
        for slice in [None] if partition == ALL else slices(engine, _first(partition)):
            if stop:
                stop.check()
            engine.command(
                f"INSERT INTO {shadow} ({view['columns']}) "  # noqa: S608, names are the schema's own
                f"SELECT {view['columns']} FROM ({view['as_select']}) WHERE {slice.condition if slice else 1} "
                f"SETTINGS min_insert_block_size_rows = {BLOCK_ROWS}"
            )
            if slice and table == VISITS:
                link_visits(engine, slice.since, slice.until, shadow)
        with engine.between_inserts():
            if table == VISITS:
                _complete(engine, shadow, partition)
            _swap(engine, table, partition, shadow)
            engine.command(f"DROP TABLE {shadow}_of SYNC")


def _complete(engine: Engine, shadow: str, month: str) -> None:
    """What jobs bring to visits, of all that has come in, since inserts are held back: so that no figure misses it
    between the swap and their next runs.
    """
    carry_orders(engine, shadow, int(month))
    first = _first(month)
    link_visits(engine, _ms(first), _ms(_next(first)), shadow)


def _swap(engine: Engine, table: str, partition: str, shadow: str) -> None:
    built = engine.rows(
        f"SELECT count() AS n FROM {shadow} WHERE _partition_id = {{partition:String}}",  # noqa: S608
        {"partition": partition},
        tag="rebuild",
    )
    # The engine refuses to replace a partition by nothing.
    change = (
        f"REPLACE PARTITION ID '{partition}' FROM {shadow}"
        if built[0]["n"]
        else f"DROP PARTITION ID '{partition}'"
    )
    engine.command(f"ALTER TABLE {table} {change}")


@contextmanager
def _shadow(engine: Engine, table: str, select: str) -> Generator[str]:
    _drop_shadows(engine)
    shadow = f"{table}{_SHADOW}"
    with engine.between_inserts():
        engine.command(f"CREATE TABLE {shadow} AS {table}")
        engine.command(f"CREATE MATERIALIZED VIEW {shadow}_of TO {shadow} AS {select}")
    try:
        yield shadow
    finally:
        _drop_shadows(engine)


def _months(since: int, until: int) -> Iterator[datetime]:
    month = datetime.fromtimestamp(since / 1000, UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    while month.timestamp() * 1000 < until:
        yield month
        month = _next(month)


def _first(month: str) -> datetime:
    return datetime.strptime(month, "%Y%m").replace(tzinfo=UTC)


def next_month(month: str) -> datetime:
    """When the month after this one ("202611") begins."""
    return _next(_first(month))


def _next(month: datetime) -> datetime:
    return (month + timedelta(days=32)).replace(day=1)


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


class Slice(NamedTuple):
    """Visits that began from `since` up to `until`, UTC ms."""

    since: int
    until: int

    @property
    def condition(self) -> str:
        """That a row is of one of these."""
        since, until = (f"fromUnixTimestamp64Milli({time}, 'UTC')" for time in self)
        return f"session_start >= {since} AND session_start < {until}"


def slices(engine: Engine, month: datetime) -> list[Slice]:
    """The month cut into hours on end, so that each insert stays within a query's memory."""
    cuts, events = [month], 0
    for row in engine.rows(_HOURS, {"month": int(f"{month:%Y%m}")}, tag="rebuild"):
        if events and events + row["n"] > SLICE_EVENTS:
            cuts.append(month + timedelta(hours=row["hour"]))
            events = 0
        events += row["n"]
    return [Slice(_ms(first), _ms(after)) for first, after in pairwise([*cuts, _next(month)])]


_HOURS = """
SELECT toHour(session_start) + 24 * (toDayOfMonth(session_start) - 1) AS hour, count() AS n
FROM events
WHERE toYYYYMM(session_start) = {month:UInt32}
GROUP BY hour
ORDER BY hour
SETTINGS final = 0
"""
_VIEW = """
SELECT
    as_select,
    (SELECT arrayStringConcat(groupArray(name), ', ') FROM (
        SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {view:String} ORDER BY position
    )) AS columns
FROM system.tables
WHERE database = currentDatabase() AND name = {view:String}
"""
_SHADOWS = """
SELECT name FROM system.tables
WHERE database = currentDatabase() AND name LIKE {ending:String} ORDER BY length(name) DESC
"""
