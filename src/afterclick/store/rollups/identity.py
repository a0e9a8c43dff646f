"""What identity stands on: edges between nodes, each node's dense number, and the flat dictionary from node to person.

The edges come from the events by themselves. A run numbers new nodes, publishes who belongs to whom and writes each new
visit's number beside it; all of it can be repeated, and computed again from the events. No row of a visit is touched
when people merge or part: the dictionary alone changes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import named

NodeKind = Literal["device", "user", "email"]

SLICE = 200_000
"""Visits are worked through in stretches of at most so many, which fit a query's memory and take it a second."""
QUARTER = 900_000
"""ms: the shortest stretch."""


class EdgesState(NamedTuple):
    """Equal for equal sets of edges: how many there are, and a digest of them."""

    edges: int
    digest: int


class Stretch(NamedTuple):
    """Visits that began from `since` up to `until` (UTC ms), and how many of them lack the number of their node."""

    since: int
    until: int
    visits: int


class IdentityTables:
    """The identity tables of all sites. Safe to use from any thread, but only one may number and publish at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stale_stretches(self) -> list[Stretch]:
        """Stretches that hold all visits which lack the number of their node, the newest first."""
        return stretches(self._engine.rows(_SQL["stale_visits"], tag="identity"))

    def number_nodes(self, numbered: pa.Table) -> None:
        """Give new nodes their numbers: `key` (UInt64) and `number` (UInt32)."""
        self._engine.insert("identity_nodes", numbered)

    def number_visits(self, stretch: Stretch) -> None:
        """Give each node of the stretch's visits that has no number the next one."""
        self._engine.command(_SQL["number_visits"], {"since": stretch.since, "until": stretch.until})

    def link_visits(self, stretch: Stretch) -> None:
        """Write the number of its node beside every visit of the stretch that lacks it."""
        link_visits(self._engine, stretch.since, stretch.until)

    def merge(self, linked: Iterable[Stretch]) -> None:
        """Merge the rows of months in which many visits were linked at once, so that no read pays for them."""
        for month in crowded_months(linked):
            self._engine.command(f"OPTIMIZE TABLE sessions PARTITION {month} FINAL")

    def state(self) -> EdgesState:
        """Tells whether the edges have changed."""
        return EdgesState(**self._engine.rows(_SQL["edges_state"], tag="identity")[0])

    def edges(self) -> pa.Table:
        """Every edge: `kind` (1 device and user, 2 alias, 3 user and e-mail), `one`, `other` (keys of nodes)."""
        return self._engine.query(_SQL["edges"], tag="identity")

    def nodes(self) -> pa.Table:
        """`key` and `number` of every node, by key."""
        return self._engine.query(_SQL["nodes"], tag="identity")

    def key(self, site: str, kind: NodeKind, id: str) -> int:
        """The key of a node."""
        return self._engine.rows(_SQL["keys"], {"site": site, "id": id}, tag="identity")[0][kind]

    def publish(self, merged: pa.Table) -> None:
        """Replace who belongs to whom, at once for all reads: `number` of a node (UInt64) and its `turn` (UInt32)."""
        self._engine.command("TRUNCATE TABLE merged_nodes_next")
        if merged.num_rows:
            self._engine.insert("merged_nodes_next", merged)
            self._engine.command("ALTER TABLE merged_nodes REPLACE PARTITION tuple() FROM merged_nodes_next")
            self._engine.command("TRUNCATE TABLE merged_nodes_next")
        else:
            self._engine.command("TRUNCATE TABLE merged_nodes")
        self._engine.command("SYSTEM RELOAD DICTIONARY people")

    def collect_edges(self) -> None:
        """Take the edges out of all events anew; for events that were stored before there were edges."""
        view: dict[str, Any] = self._engine.rows(_VIEW, tag="identity")[0]
        self._engine.command(
            f"INSERT INTO identity_edges (site, kind, one, other, last) {view['as_select']}"
            " SETTINGS insert_deduplicate = 0"
        )


def link_visits(engine: Engine, since: int, until: int, visits: str = "sessions") -> None:
    """Write the number of its node, where it has one, beside every visit of [since, until) (UTC ms) that lacks it.

    `visits` is the table that holds them.
    """
    engine.command(_SQL["link_visits"], {"visits": visits, "since": since, "until": until})


def stretches(quarters: Iterable[Mapping[str, int]]) -> list[Stretch]:
    """Quarters of an hour (`since` their start, UTC ms, descending; `visits` in them) as stretches of at most SLICE.

    A quarter with more is a stretch of its own. No stretch reaches over the turn of a month.
    """
    found: list[Stretch] = []
    for quarter in quarters:
        since, visits = quarter["since"], quarter["visits"]
        last = found[-1] if found else None
        if last and last.visits + visits <= SLICE and _month(last.since) == _month(since):
            found[-1] = Stretch(since, last.until, last.visits + visits)
        else:
            found.append(Stretch(since, since + QUARTER, visits))
    return found


def crowded_months(linked: Iterable[Stretch]) -> list[int]:
    """Months (yyyymm) with more than SLICE visits in these stretches."""
    visits: Counter[int] = Counter()
    for stretch in linked:
        visits[_month(stretch.since)] += stretch.visits
    return sorted(month for month, count in visits.items() if count > SLICE)


def _month(time: int) -> int:
    moment = datetime.fromtimestamp(time / 1000, UTC)
    return moment.year * 100 + moment.month


_SQL = named("afterclick.store.rollups", "identity.sql")
_VIEW = (
    "SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = 'identity_edges_of'"
)
