"""A person in the memory of visits: their devices, users and clients' sessions there, found and forgotten."""

import sqlite3
from collections.abc import Container, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from afterclick.store.erasure import PersonIds, wipe
from afterclick.visits.memory import FILE
from afterclick.visits.rules import node_of

_AT_ONCE = 500


def client_mark(site: str, key: str) -> str:
    """What stands for a client's own session in `PersonIds.clients`: its node in the memory, in hexadecimal."""
    return node_of("key", site, key).hex()


class VisitMemory:
    """Over the memory in a folder, beside the drain that uses it; opens the file anew for each call."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def clients(self, person: PersonIds) -> tuple[str, ...]:
        """The marks of clients' own sessions, devices and users that were in the person's visits and in no other."""
        if not self._file.exists():
            return ()
        visits = {UUID(visit).bytes for visit in person.visits}
        with closing(self._open()) as connection:
            owners = [owner for (owner,) in _where(connection, "DISTINCT owner", "place", visits)]
            elsewhere = {
                owner
                for owner, place in _where(connection, "owner, place", "owner", owners)
                if place not in visits
            }
        return tuple(owner.hex() for owner in owners if owner not in elsewhere)

    def count(self, person: PersonIds) -> int:
        """Stretches of the person."""
        if not self._file.exists():
            return 0
        with closing(self._open()) as connection:
            return len(_theirs(connection, person))

    def remove(self, person: PersonIds) -> int:
        """Forget the person's stretches and write the file anew without them; how many there were."""
        if not self._file.exists():
            return 0
        with closing(self._open()) as connection:
            theirs = _theirs(connection, person)
            misdated = _misdated(connection, person.site, {owner for owner, _ in theirs})
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("DELETE FROM stretches WHERE owner = ? AND first = ?", theirs)
            connection.executemany("DELETE FROM misdated WHERE id = ?", misdated)
            connection.execute("COMMIT")
            wipe(connection)
        return len(theirs)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=10, isolation_level=None)


def _theirs(connection: sqlite3.Connection, person: PersonIds) -> set[tuple[Any, ...]]:
    visits = {UUID(visit).bytes for visit in person.visits}
    owners = {bytes.fromhex(mark) for mark in person.clients} | visits
    for kind, ids in (("user", person.users), ("device", person.devices)):
        owners |= {node_of(kind, person.site, id) for id in ids}
    found = _where(connection, "owner, first", "owner", owners) + _where(
        connection, "owner, first", "place", visits
    )
    return set(found)


def _misdated(connection: sqlite3.Connection, site: str, owners: Container[bytes]) -> list[tuple[bytes]]:
    found = connection.execute("SELECT id FROM misdated").fetchall()
    return [(id,) for (id,) in found if node_of("key", site, str(UUID(bytes=id))) in owners]


def _where(
    connection: sqlite3.Connection, what: str, column: str, values: Iterable[bytes]
) -> list[tuple[Any, ...]]:
    wanted = list(values)
    found: list[tuple[Any, ...]] = []
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        asking = f"SELECT {what} FROM stretches WHERE {column} IN ({marks})"  # noqa: S608 - of our own words
        found += connection.execute(asking, some).fetchall()
    return found
