"""A person's rows in the engine's tables: counted, read, and taken out so that no file holds them any more.

Rows are deleted by rewriting the parts that hold them (`ALTER … DELETE`), never by the mask of a lightweight delete,
and the old parts are taken off the disk at once. Rollup rows of a visit in which somebody else took part are built anew
from the events that stay, so that the others' numbers are what they would be without this person.
"""

import time
from collections.abc import Iterable, Mapping

import pyarrow as pa

from afterclick.clock import now_ms
from afterclick.errors import Unavailable
from afterclick.store.engine.connection import Engine
from afterclick.store.erasure.person import SHARED, Listed, PersonIds, find_person, listed, mine, rows_of
from afterclick.store.rollups.order_visits import carry_orders
from afterclick.store.rollups.service_minutes import SETTLED, settle_minutes
from afterclick.store.schema import catalogue
from afterclick.store.schema.catalogue import STORED, TABLES
from afterclick.store.schema.retention import drop_older
from afterclick.store.schema.table import People, Table

SEARCHED: tuple[str, ...] = tuple(table.name for table in TABLES if table.people and table.people.key)
"""Tables with rows that name a person, each after the one that its rows are made of."""

_REWRITTEN = [table.name for table in STORED]
_SWEEP_SECONDS = 120.0


class PersonTables:
    """Over one store. Safe to use from any thread; every call blocks, some of them long."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, asked: PersonIds) -> PersonIds:
        """All that belongs to the person whose nodes and ids are given."""
        return find_person(self._engine, asked)

    def counts(self, person: PersonIds) -> dict[str, int]:
        """How many rows of each table are theirs, tables without any left out."""
        with listed(self._engine, person) as job:
            found = {name: self._count(catalogue.table(name), job) for name in SEARCHED}
        return {name: rows for name, rows in found.items() if rows}

    def rows(self, person: PersonIds, name: str) -> pa.Table:
        """Their rows of one of SEARCHED, all columns; of visits shared with others the events alone, which name whose
        they are.
        """
        table = catalogue.table(name)
        key = ", ".join(_people(table).key)
        asking = f"SELECT * FROM {name} WHERE {mine(table)} AND ({key}) IN ({rows_of(table)})"  # noqa: S608
        if _built_by(table) == ("session_id", "visit"):
            asking += f" AND session_id NOT IN ({SHARED})"
        with listed(self._engine, person) as job:
            return self._engine.query(asking, job.parameters, tag="export")

    def remove(self, person: PersonIds, name: str) -> int:
        """Take their rows out of one of SEARCHED; how many there were. Idempotent, and safe to kill."""
        table = catalogue.table(name)
        with self._engine.gate.beside_rebuilds(), listed(self._engine, person) as job:
            marking = (
                f"INSERT INTO person_ids SELECT {{job:String}}, 'row', {_mark('*')} FROM ({rows_of(table)})"  # noqa: S608
            )
            # Of a row that was written more than once, each version may name them.
            self._engine.command(f"{marking} SETTINGS final = 0", job.parameters)
            rows = self._engine.rows(_MARKED, job.parameters, tag="erasure")[0]["n"]
            if rows:
                key = ", ".join(_people(table).key)
                deleting = f"ALTER TABLE {name} DELETE WHERE {mine(table)} AND {_mark(key)} IN ({_MARKS})"
                self._engine.command(f"{deleting} SETTINGS mutations_sync = 1", job.parameters)
            if name == "metrics":
                self._blank_exemplars(job)
            if table.rebuilt:
                self._build_shared(table, job)
        return rows

    def drop_older(self, site: str, before: int) -> Mapping[str, int]:
        """Delete the site's rows from before `before` (UTC ms), whoever's they are; how many, by table."""
        with self._engine.gate.beside_rebuilds():
            return drop_older(self._engine, site, before)

    def resettle(self, person: PersonIds) -> None:
        """Compute the minutes of services anew that their requests were part of."""
        if not person.minutes:
            return
        self._engine.command(_TICKETS, {"site": person.site, "minutes": list(person.minutes)})
        settle_minutes(self._engine, now_ms())
        for table in SETTLED:
            for partition in self._partitions(table, person.minutes):
                self._engine.command(f"OPTIMIZE TABLE {table} PARTITION ID '{partition}' FINAL")
            # Merging keeps the rows that say what a minute lost, by its name.
            self._engine.command(
                f"ALTER TABLE {table} DELETE WHERE site = {{site:String}} AND gone "
                "AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)} SETTINGS mutations_sync = 1",
                {"site": person.site, "minutes": list(person.minutes)},
            )

    def sweep(self) -> None:
        """Take parts off the disk that were rewritten; they would stay for eight minutes.

        Raises Unavailable when something still reads them after two minutes.
        """
        tables = [
            row["table"] for row in self._engine.rows(_WITH_OLD_PARTS, {"tables": _REWRITTEN}, tag="erasure")
        ]
        for table in tables:
            self._engine.command(f"ALTER TABLE {table} MODIFY SETTING old_parts_lifetime = 0")
        try:
            for table in tables:
                self._sweep(table)
        finally:
            for table in tables:
                self._engine.command(f"ALTER TABLE {table} RESET SETTING old_parts_lifetime")

    def _sweep(self, table: str) -> None:
        until = time.monotonic() + _SWEEP_SECONDS
        while True:
            # Dropping a partition, even one that there is not, makes the engine delete what no longer counts.
            self._engine.command(f"ALTER TABLE {table} DROP PARTITION ID 'none'")
            if not self._engine.rows(_OLD_PARTS, {"table": table}, tag="erasure")[0]["n"]:
                return
            if time.monotonic() > until:
                raise Unavailable(
                    f"Old parts of {table} are still being read; the erasure goes on in a moment."
                )
            time.sleep(0.1)

    def _count(self, table: Table, job: Listed) -> int:
        counting = f"SELECT count() AS n FROM ({rows_of(table)})"  # noqa: S608
        return self._engine.rows(counting, job.parameters, tag="erasure")[0]["n"]

    def _blank_exemplars(self, job: Listed) -> None:
        if self._engine.rows(_EXEMPLARS, job.parameters, tag="erasure")[0]["n"]:
            self._engine.command(_WITHOUT_EXEMPLARS, job.parameters)

    def _build_shared(self, table: Table, job: Listed) -> None:
        """Rollup rows of visits and orders in which the events that stay name somebody else."""
        by, kind = _built_by(table)
        theirs = f"SELECT value FROM person_ids WHERE job = {{job:String}} AND kind = '{kind}'"  # noqa: S608
        shared = f"toString({by}) IN ({theirs})"
        left = f"SELECT count() AS n FROM events WHERE site = {{site:String}} AND {shared}"  # noqa: S608
        if not self._engine.rows(left, job.parameters, tag="erasure")[0]["n"]:
            return
        view = self._engine.rows(_VIEW, {"view": f"{table.name}_of"}, tag="erasure")[0]
        self._engine.command(
            f"INSERT INTO {table.name} ({view['columns']}) SELECT {view['columns']} FROM ({view['as_select']}) "  # noqa: S608
            f"WHERE site = {{site:String}} AND {shared} SETTINGS insert_deduplicate = 0",
            job.parameters,
        )
        if table.name in ("orders", "sessions"):
            carry_orders(self._engine)

    def _partitions(self, table: str, minutes: Iterable[int]) -> list[str]:
        found = self._engine.rows(_PARTITIONS, {"table": table, "minutes": list(minutes)}, tag="erasure")
        return [row["partition_id"] for row in found]


def _people(table: Table) -> People:
    assert table.people, f"{table.name} holds nothing of people"  # noqa: S101 - callers choose from SEARCHED
    return table.people


def _built_by(table: Table) -> tuple[str, str]:
    """The column by which a rollup is built anew from the events, and the kind of id in it; empty for other tables."""
    return next(iter(_people(table).found_by.items())) if table.rebuilt else ("", "")


def _mark(key: str) -> str:
    return f"hex(sipHash128(tuple({key})))"


_MARKS = "SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'row'"
_MARKED = f"SELECT count() AS n FROM ({_MARKS})"  # noqa: S608
_WITH_OLD_PARTS = """
SELECT DISTINCT table FROM system.parts
WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND NOT active
"""
_OLD_PARTS = """
SELECT count() AS n FROM system.parts WHERE database = currentDatabase() AND table = {table:String} AND NOT active
"""
_PARTITIONS = """
SELECT DISTINCT partition_id FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND active
    AND partition_id IN arrayMap(ms -> toString(toYYYYMM(fromUnixTimestamp64Milli(ms, 'UTC'))), {minutes:Array(Int64)})
"""
_TICKETS = """
INSERT INTO dirty_minutes (site, minute, ticket, settled)
SELECT {site:String}, fromUnixTimestamp64Milli(arrayJoin({minutes:Array(Int64)}), 'UTC'), generateUUIDv4(),
    toDateTime64(0, 3, 'UTC')
"""
_TRACES = "(SELECT groupArray(value) FROM person_ids WHERE job = {job:String} AND kind = 'trace')"
_EXEMPLARS = (
    f"SELECT count() AS n FROM metrics WHERE site = {{site:String}} AND hasAny(exemplar_trace_ids, {_TRACES})"  # noqa: S608
)
_WITHOUT_EXEMPLARS = (
    f"ALTER TABLE metrics UPDATE exemplar_trace_ids = arrayFilter(id -> NOT has({_TRACES}, id), exemplar_trace_ids) "
    f"WHERE site = {{site:String}} AND hasAny(exemplar_trace_ids, {_TRACES}) SETTINGS mutations_sync = 1"
)
_VIEW = """
SELECT
    as_select,
    (SELECT arrayStringConcat(groupArray(name), ', ') FROM (
        SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {view:String} ORDER BY position
    )) AS columns
FROM system.tables
WHERE database = currentDatabase() AND name = {view:String}
"""
