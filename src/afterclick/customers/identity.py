"""Keeps the dictionary from node to person up to date: numbers new nodes, and resolves when something changed."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa

from afterclick.customers.cuts import Cut, Cuts, Node
from afterclick.customers.resolver import Edges, Keys, Persons, resolve
from afterclick.jobs import Feed, Job, Stop
from afterclick.store.rollups.identity import EdgesState, IdentityTables

Column: TypeAlias = "pa.ChunkedArray[Any]"


class Identity:
    """Resolves the people of all sites over one store. Safe to use from any thread; only one process may run it."""

    def __init__(self, tables: IdentityTables, cuts: Cuts) -> None:
        self._tables = tables
        self._cuts = cuts
        self._resolved: tuple[EdgesState, Sequence[Cut]] | None = None
        self._one = threading.Lock()

    def run(self, stop: Stop | None = None) -> bool:
        """Bring people and visits up to date, the newest visits first; returns whether anybody was resolved anew.

        Idempotent, and safe to end at any point. Each statement takes the store about a second at most.
        Raises Stopped between two periods once `stop` is set.
        """
        with self._one:
            changed = self._resolve_if_changed()
            linked = self._tables.stale_stretches()
            for period in linked:
                if stop:
                    stop.check()
                self._tables.number_visits(period)
                self._tables.link_visits(period)
            self._tables.merge(linked)
        return changed

    def key(self, site: str, node: Node) -> int:
        """The key of a node."""
        return self._tables.key(site, node.kind, node.id)

    def together(self, keys: Collection[int]) -> tuple[int, ...]:
        """The keys of all nodes that belong to the same people as these, as of this moment."""
        persons = resolve(self._edges(), [self._pair(cut) for cut in self._cuts.list()])
        whose = persons.persons[np.isin(persons.keys, np.array(list(keys), np.uint64))]
        found: list[int] = persons.keys[np.isin(persons.persons, whose)].tolist()
        return tuple({*keys, *found})

    def _resolve_if_changed(self) -> bool:
        # The state is taken first: an edge that comes meanwhile makes the next run resolve again.
        state, cuts = self._tables.state(), self._cuts.list()
        if self._resolved is None and not state.edges:
            self._tables.collect_edges()
            state = self._tables.state()
        if (state, cuts) == self._resolved:
            return False
        persons = resolve(self._edges(), [self._pair(cut) for cut in cuts])
        self._tables.publish(merged(persons, self._numbered(persons.keys)))
        self._resolved = (state, cuts)
        return True

    def _numbered(self, keys: Keys) -> "Nodes":
        """All nodes; those of `keys` that have no number yet get the next ones."""
        found = self._tables.nodes()
        nodes = Nodes(_numbers(found["key"]), _numbers(found["number"]))
        new = nodes.next(keys)
        if not len(new.keys):
            return nodes
        columns = (pa.array(new.keys), pa.array(new.numbers).cast(pa.uint32()))
        self._tables.number_nodes(pa.Table.from_arrays(columns, names=["key", "number"]))
        return nodes.joined(new)

    def _edges(self) -> Edges:
        found = self._tables.edges()
        return Edges(
            _numbers(found["kind"]).astype(np.uint8), _numbers(found["one"]), _numbers(found["other"])
        )

    def _pair(self, cut: Cut) -> tuple[int, int]:
        return self.key(cut.site, cut.one), self.key(cut.site, cut.other)


@dataclass(frozen=True)
class Nodes:
    """Nodes by their keys, ascending, and their numbers."""

    keys: Keys
    numbers: Keys

    def next(self, keys: Keys) -> "Nodes":
        """Those of the distinct keys that are none of these nodes, with the numbers that follow the greatest given."""
        new = np.sort(keys[_found(self.keys, keys) < 0])
        first = int(self.numbers.max(initial=0)) + 1
        return Nodes(new, np.arange(first, first + len(new), dtype=np.uint64))

    def joined(self, new: "Nodes") -> "Nodes":
        """These and the new ones."""
        keys = np.concatenate([self.keys, new.keys])
        order = np.argsort(keys, kind="stable")
        return Nodes(keys[order], np.concatenate([self.numbers, new.numbers])[order])


def merged(persons: Persons, nodes: Nodes) -> pa.Table:
    """Each node that is not its own person: `number` (UInt64), and what `turn`s it into its person's (UInt32, by xor).

    Every node of `persons` is one of `nodes`.
    """
    other = persons.keys != persons.persons
    node, person = _found(nodes.keys, persons.keys[other]), _found(nodes.keys, persons.persons[other])
    number, turn = nodes.numbers[node], nodes.numbers[node] ^ nodes.numbers[person]
    columns = (pa.array(number, pa.uint64()), pa.array(turn).cast(pa.uint32()))
    return pa.Table.from_arrays(columns, names=["number", "turn"])


def _found(keys: Keys, wanted: Keys) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The place of each wanted key among the ascending `keys`, -1 where it is not."""
    place = np.searchsorted(keys, wanted)
    there = place < len(keys)
    there[there] = keys[place[there]] == wanted[there]
    return np.where(there, place, -1)


def _numbers(column: Column) -> Keys:
    return column.to_numpy().astype(np.uint64, copy=False)


class _Parts(Protocol):
    @property
    def identity(self) -> Identity: ...


def _run(parts: _Parts, stop: Stop) -> None:
    parts.identity.run(stop)


IDENTITY = Job(
    "identity",
    10,
    _run,
    "numbers new devices and users, and resolves people when edges changed, see [customers.md](customers.md)",
    rest=20,  # so that it never costs more than 5 % of a core, unless a run takes over six seconds
    feeds=Feed("people", "resolved"),
)
