"""An erasure, step by step: each may be repeated, so one that was killed goes on from where it was."""

import threading
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple, Protocol

from sqlalchemy import Engine

from afterclick.customers.cuts import SqlCuts
from afterclick.customers.identity import Identity
from afterclick.customers.requests import Request, Requests
from afterclick.store.erasure import (
    SEARCHED,
    IdKind,
    PersonIds,
    PersonTables,
    SpooledRows,
    Tombstones,
    wipe_control,
)

_ROUNDS = 3
_REBUILT = ("sessions", "page_views", "trace_visits", "orders")


class Memory(Protocol):
    """What the drain remembers of visits, outside of the store."""

    def clients(self, person: PersonIds) -> tuple[str, ...]:
        """Marks of clients' own sessions that were in the person's visits."""
        ...

    def count(self, person: PersonIds) -> int:
        """How many rows are theirs."""
        ...

    def remove(self, person: PersonIds) -> int:
        """Forget them, and leave nothing of them in the file."""
        ...


class Step(NamedTuple):
    """One step, by its name and what people read while it runs."""

    name: str
    words: str


STEPS: tuple[Step, ...] = (
    Step("find", "Finding what belongs to the person"),
    Step("keep away", "Keeping late data away"),
    Step("waiting", "Taking rows out of the spool"),
    Step("visits", "Forgetting clients and devices"),
    *(Step(table, f"Rewriting {table}") for table in SEARCHED),
    Step("services", "Computing the minutes of services anew"),
    Step("identity", "Telling people apart anew"),
    Step("sweep", "Deleting old files"),
    Step("check", "Looking whether anything is left"),
    Step("forget", "Forgetting who it was"),
)


class Eraser:
    """Runs erasures over one installation, one at a time. `is_draining` says whether a drain runs beside."""

    def __init__(
        self,
        tables: PersonTables,
        waiting: SpooledRows,
        memory: Memory,
        identity: Identity,
        cuts: SqlCuts,
        tombstones: Tombstones,
        requests: Requests,
        control: Engine,
        is_draining: Callable[[], bool],
    ) -> None:
        self._tables = tables
        self._waiting = waiting
        self._memory = memory
        self._identity = identity
        self._cuts = cuts
        self._tombstones = tombstones
        self._requests = requests
        self._is_draining = is_draining
        self._others: dict[str, Callable[[str, PersonIds], object]] = {
            "find": self._find,
            "keep away": self._keep_away,
            "waiting": self._clear_spool,
            "visits": lambda _, person: memory.remove(person),
            "services": lambda _, person: tables.resettle(person),
            "identity": self._tell_apart,
            "sweep": lambda _, __: tables.sweep(),
            "check": self._check,
            "forget": lambda _, __: wipe_control(control),
        }
        self._one = threading.Lock()

    def run(self, request: Request) -> Generator[Step]:
        """Run an erasure from the step that is next to its end; yields each step before it is done.

        Raises Unavailable when something has to wait: run it again later.
        """
        with self._one:
            request = self._requests.get(request.id)
            for number in range(request.step, len(STEPS)):
                yield STEPS[number]
                self._do(STEPS[number].name, request.id)
                self._requests.at(request.id, number + 1)
            self._requests.done(request.id)

    def _do(self, name: str, request: str) -> None:
        person = self._requests.person(request)
        if name in SEARCHED:
            self._tables.remove(person, name)
        else:
            self._others[name](request, person)

    def _find(self, request: str, person: PersonIds) -> None:
        """Once more: rows may have come since it was asked for."""
        person = person.with_more(self._tables.find(person))
        person = person.with_more(PersonIds(site=person.site, clients=self._memory.clients(person)))
        self._requests.found(request, person, self._tables.counts(person))

    def _keep_away(self, request: str, person: PersonIds) -> None:
        self._tombstones.add(person.site, kept_away(person), request)

    def _clear_spool(self, _: str, person: PersonIds) -> None:
        if self._is_draining():
            self._waiting.await_in_hand()
        self._waiting.remove(person)

    def _tell_apart(self, _: str, person: PersonIds) -> None:
        self._cuts.forget(person.site, person.nodes, self._identity.key)
        self._identity.run()

    def _check(self, _: str, person: PersonIds) -> None:
        """Rows that a job wrote meanwhile: a visit's number, a refund carried to it, a block that was on its way."""
        for _round in range(_ROUNDS):
            gone = {table: self._tables.remove(person, table) for table in SEARCHED}
            self._memory.remove(person)
            self._tables.sweep()
            if not any(rows for table, rows in gone.items() if table not in _REBUILT):
                return


def kept_away(person: PersonIds) -> Iterator[tuple[IdKind, str]]:
    """The ids of a person that must not come in again."""
    return ((kind, id) for kind, id in person.ids() if kind != "node")
