"""Which rollups hold rows of other definitions than today's, and the job that makes those anew.

When the store opens, each rollup's definition is compared with the one that its rows were made by. Of what changed,
every month that holds rows is due; the job makes them anew, the newest first, and what is left is kept after each, so
that the next start goes on there.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Protocol

import msgspec

from afterclick.clock import now_ms
from afterclick.jobs import Job, Stop
from afterclick.store.control.learned import Fact, Learned
from afterclick.store.engine.connection import Engine
from afterclick.store.rollups.order_visits import CARRIED
from afterclick.store.rollups.rebuild import ALL, VISITS, WHOLE, next_month, rebuild_partition
from afterclick.store.schema.catalogue import TABLES
from afterclick.store.schema.table import Table
from afterclick.store.schema.view import Bound, views

_EVERY_SITE = ""


class Made(msgspec.Struct, frozen=True):
    """What the rows of each rollup are made by: a digest of its definition, and the partitions still `due` that are of
    another one, the newest first; a rollup without months has the one partition "all".
    """

    definitions: dict[str, str] = {}
    due: dict[str, tuple[str, ...]] = {}

    def without(self, table: str, partition: str) -> "Made":
        """The same after that partition was made anew."""
        left = tuple(one for one in self.due[table] if one != partition)
        return Made(self.definitions, {name: due for name, due in {**self.due, table: left}.items() if due})


MADE = Fact("rollups made by", Made)


class Outdated(msgspec.Struct, frozen=True):
    """`months` of visits that are still to be made anew by today's definitions, all of them before `before`, UTC ms."""

    months: int
    before: int


def definitions(bound: Bound) -> dict[str, str]:
    """A digest of what the rows of each rollup are made by, equal for texts that differ in comments or lines alone."""
    selects = {view.target: view.select for view in views(bound) if view.target}
    return {table.name: _digest(_texts(table, selects)) for table in _ROLLUPS}


def _texts(table: Table, selects: Mapping[str, str]) -> list[str]:
    defaults = [column.definition for column in table.columns if column.default]
    carried = [*CARRIED, *(selects[name] for name in WHOLE)] if table.name == VISITS else []
    return [selects[table.name], *defaults, *carried]


def _digest(texts: Sequence[str]) -> str:
    bare = "\n".join(" ".join(_COMMENT.sub(" ", text).split()) for text in texts)
    return sha256(bare.encode()).hexdigest()[:16]


class OutdatedRollups:
    """Those of one store. Safe to use from any thread, but only one may make anew at a time; every call blocks."""

    def __init__(self, engine: Engine, today: Mapping[str, str]) -> None:
        """`today`: the definitions that the engine's views are of."""
        self._engine = engine
        self._today = dict(today)

    def notice(self, learned: Learned) -> Made:
        """Which rollups are due, after comparing; kept, so that a definition that changes back is noticed too."""
        known = learned.newest(_EVERY_SITE, MADE)
        made = known.value if known else Made()
        if made.definitions == self._today:
            return made
        changed = {name for name, digest in self._today.items() if made.definitions.get(name) != digest}
        due = {name: left for name, left in made.due.items() if name in self._today} | {
            name: partitions for name in changed if (partitions := self._partitions(name))
        }
        made = Made(self._today, due)
        learned.keep(_EVERY_SITE, MADE, made, now_ms())
        return made

    def make_anew(self, learned: Learned, stop: Stop | None = None) -> bool:
        """Make the newest partition that is due anew, of each rollup that it is due of; whether there was one.

        Idempotent, and safe to kill at any point. Raises Stopped between two slices once `stop` is set.
        """
        made = self.notice(learned)
        if not made.due:
            return False
        partition = max(left[0] for left in made.due.values())  # "all" comes before every month
        for table in (table.name for table in _ROLLUPS if partition in made.due.get(table.name, ())):
            rebuild_partition(self._engine, table, partition, stop)
            made = made.without(table, partition)
            learned.keep(_EVERY_SITE, MADE, made, now_ms())
        return True

    def _partitions(self, table: str) -> tuple[str, ...]:
        """Of the rollup and of the events that it is made of, the newest first."""
        found = self._engine.rows(_PARTITIONS, {"tables": [table, "events"]}, tag="outdated")
        if found and table in WHOLE:
            return (ALL,)
        return tuple(row["partition_id"] for row in found)


def outdated(learned: Learned) -> Outdated | None:
    """What is still to be made anew, None when all is of today's definitions."""
    known = learned.newest(_EVERY_SITE, MADE)
    due = {one for left in known.value.due.values() for one in left if one != ALL} if known else set[str]()
    return Outdated(len(due), round(next_month(max(due)).timestamp() * 1000)) if due else None


_ROLLUPS = tuple(table for table in TABLES if table.rebuilt)
_COMMENT = re.compile(r"--[^\n]*")
_PARTITIONS = """
SELECT DISTINCT partition_id FROM system.parts
WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND active AND rows > 0
    AND partition_id != '197001' -- events outside of visits
ORDER BY partition_id DESC
"""


class _Store(Protocol):
    @property
    def outdated(self) -> OutdatedRollups: ...


class _Parts(Protocol):
    @property
    def store(self) -> _Store: ...
    @property
    def learned(self) -> Learned: ...


def _run(parts: _Parts, stop: Stop) -> None:
    parts.store.outdated.make_anew(parts.learned, stop)


REBUILD = Job(
    "rebuild",
    10,
    _run,
    "makes visits and page views of before anew when their definition has changed, see [store.md](store.md#rebuilding)",
    rest=3,  # so that it takes a quarter of the time at most
)
