"""A person's rows in the spool: those that wait for the drain, and those that the store refused.

The tombstones are up before: the drain itself drops what it takes from now on. Here what stays in the file is taken out
of it, so that no row of theirs waits for a store that is away, and none is kept among the refused.
"""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from afterclick.errors import Unavailable
from afterclick.store.drain.decode import decode
from afterclick.store.erasure.late import Late
from afterclick.store.erasure.person import PersonIds, is_nobody
from afterclick.store.erasure.wipe import wipe
from afterclick.store.spool.batch import KINDS, Kind
from afterclick.store.spool.file import open_spool, transaction

_IN_HAND_SECONDS = 120.0


class SpooledRows:
    """Over the spool of one folder; opens it anew for each call."""

    def __init__(self, folder: Path, late: Late) -> None:
        self._folder = folder
        self._late = late

    def await_in_hand(self) -> None:
        """Return when the blocks are in the store that a running drain had taken before this call.

        Raises Unavailable when that takes two minutes: the store does not take rows.
        """
        connection = open_spool(self._folder)
        try:
            in_hand = _tokens(connection)
            until = time.monotonic() + _IN_HAND_SECONDS
            while in_hand & _tokens(connection):
                if time.monotonic() > until:
                    raise Unavailable(
                        "Rows that were taken before wait for the store; the erasure waits for them."
                    )
                time.sleep(0.05)
        finally:
            connection.close()

    def remove(self, person: PersonIds) -> int:
        """Take the rows out of the file that tombstones cover or that name the person, and wipe it; how many."""
        connection = open_spool(self._folder)
        try:
            gone = sum(self._clean_batch(connection, kind, number) for kind, number in _batches(connection))
            gone += self._clean_aside(connection, person)
            wipe(connection)
        finally:
            connection.close()
        return gone

    def wipe_late(self) -> None:
        """Write the file anew when late rows went through it since the last time.

        Raises Unavailable when others hold the file.
        """
        if self._late.left_bytes():
            connection = open_spool(self._folder)
            try:
                wipe(connection)
            finally:
                connection.close()

    def rows(self, person: PersonIds) -> Iterator[tuple[str, str]]:
        """What waits and what was refused, as (table, line of JSON), by the person's ids as text."""
        connection = open_spool(self._folder)
        try:
            for kind, number in _batches(connection):
                body = connection.execute("SELECT body FROM batches WHERE id = ?", (number,)).fetchone()
                for line in body[0].decode("utf-8", "replace").splitlines() if body else ():
                    if _is_of(person, line):
                        yield f"waiting_{kind}", line
            for kind, row in connection.execute("SELECT kind, row FROM aside WHERE site = ?", (person.site,)):
                if _is_of(person, row):
                    yield f"refused_{kind}", row
        finally:
            connection.close()

    def _clean_batch(self, connection: sqlite3.Connection, kind: Kind, number: int) -> int:
        with transaction(connection):
            found = connection.execute("SELECT body FROM batches WHERE id = ?", (number,)).fetchone()
            if found is None:  # drained meanwhile
                return 0
            lines: list[bytes] = found[0].splitlines(keepends=True)
            kept = (
                [line for line in lines if not self._is_late(kind, line)] if self._any(kind, lines) else lines
            )
            if len(kept) < len(lines):
                connection.execute(
                    "UPDATE batches SET body = ?, rows = ? WHERE id = ?", (b"".join(kept), len(kept), number)
                )
            return len(lines) - len(kept)

    def _any(self, kind: Kind, lines: list[bytes]) -> bool:
        """Whether to look at each line: the block as a whole does not decode, or some row of it is theirs."""
        try:
            return self._late.theirs(kind, decode(kind, lines)) is not None
        except Unavailable:
            raise
        except (
            Exception
        ):  # a line that does not decode: whatever it raises, the lines are looked at one by one
            return True

    def _is_late(self, kind: Kind, line: bytes) -> bool:
        try:
            return self._late.theirs(kind, decode(kind, [line])) is not None
        except Unavailable:
            raise
        except Exception:  # it stays for the drain, which sets it aside with the reason
            return False

    def _clean_aside(self, connection: sqlite3.Connection, person: PersonIds) -> int:
        stored = connection.execute(
            "SELECT token, position, kind, row FROM aside WHERE site = ?", (person.site,)
        )
        theirs = [
            (token, position)
            for token, position, kind, row in stored.fetchall()
            if self._is_late(kind, row.encode("utf-8", "replace") + b"\n") or _is_of(person, row)
        ]
        with transaction(connection):
            connection.executemany("DELETE FROM aside WHERE token = ? AND position = ?", theirs)
        return len(theirs)


def _tokens(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT token FROM groups")}


def _batches(connection: sqlite3.Connection) -> list[tuple[Kind, int]]:
    known: dict[str, Kind] = {kind: kind for kind in KINDS}
    return [
        (known[kind], number)
        for kind, number in connection.execute("SELECT kind, id FROM batches ORDER BY id")
    ]


class _Owner(msgspec.Struct):
    site: str = ""
    user_id: str = ""


def _is_of(person: PersonIds, line: str) -> bool:
    """Whether a line names one of the person's ids as a value, and no other user."""
    try:
        owner = msgspec.json.decode(line, type=_Owner)
    except (msgspec.DecodeError, RecursionError):
        owner = _Owner(site=person.site if f'"{person.site}"' in line else "")
    if owner.site != person.site or not (is_nobody(owner.user_id) or owner.user_id in person.users):
        return False
    return any(f'"{id}"' in line for kind, id in person.ids() if kind not in ("node", "client"))
