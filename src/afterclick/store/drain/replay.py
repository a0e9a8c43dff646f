"""Replay: rows that were set aside go through the drain's steps and into the store again, each id once."""

import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from afterclick.errors import Unavailable
from afterclick.store.drain.insertion import Insertion
from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import KINDS, Aside, Kind
from afterclick.store.spool.file import open_spool, transaction

_PAGE = 2_000
_SQL = statements("afterclick.store.drain", "replay.sql")


@dataclass(frozen=True)
class Standing:
    """Rows of one kind that stand aside for one reason; `oldest` is when the first was refused, UTC ms."""

    kind: Kind
    reason: str
    rows: int
    oldest: int


@dataclass(frozen=True)
class Replayed:
    """What one replay did: rows inserted, rows that the store knew already, rows refused again."""

    inserted: int = 0
    known: int = 0
    refused: int = 0


class SetAside:
    """The rows of one spool that the store refused. Open beside the drain; close when done."""

    def __init__(self, folder: Path) -> None:
        self._connection = open_spool(folder)

    def standing(self) -> list[Standing]:
        """How many stand aside and why, most first."""
        found = self._connection.execute(
            "SELECT kind, reason, count(*), min(time) FROM aside GROUP BY kind, reason ORDER BY 3 DESC"
        )
        return [Standing(*row) for row in found]

    def pages(self, kind: Kind, reason: str) -> Iterator[list[Aside]]:
        """Rows of a kind whose reason holds the text, in pages; what is forgotten or kept meanwhile is no matter."""
        token, position = "", -1
        while True:
            found = self._connection.execute(
                "SELECT * FROM aside WHERE kind = ? AND instr(reason, ?) AND (token, position) > (?, ?) "
                "ORDER BY token, position LIMIT ?",
                (kind, reason, token, position, _PAGE),
            ).fetchall()
            if not found:
                return
            token, position = found[-1][0], found[-1][1]
            yield [Aside(*row) for row in found]

    def settle(self, done: Iterable[Aside], refused: Iterable[tuple[Aside, str]]) -> None:
        """Forget rows that are in the store, and write down why the others were refused this time."""
        try:
            with transaction(self._connection) as connection:
                connection.executemany(
                    "DELETE FROM aside WHERE token = ? AND position = ?",
                    [(row.token, row.position) for row in done],
                )
                connection.executemany(
                    "UPDATE aside SET reason = ? WHERE token = ? AND position = ?",
                    [(reason, row.token, row.position) for row, reason in refused],
                )
        except sqlite3.Error as error:
            raise Unavailable(
                f"The spool cannot be written ({error}); check the disk, then replay again."
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def standing_aside(folder: Path) -> list[Standing]:
    """How many rows of the spool in `folder` stand aside and why, most first."""
    shelf = SetAside(folder)
    try:
        return shelf.standing()
    finally:
        shelf.close()


def replay(folder: Path, insertion: Insertion, reader: Reader, reason: str = "") -> Replayed:
    """Send rows that stand aside for a reason that holds the text through `insertion` again.

    Rows whose id the store or another of them has are not inserted but forgotten, so that nothing counts twice,
    even after a crash between insert and forgetting. Raises Unavailable when the store takes nothing now.
    """
    shelf = SetAside(folder)
    total = Replayed()
    try:
        for kind in KINDS:
            for rows in shelf.pages(kind, reason):
                done = _replay(shelf, insertion, reader, kind, rows)
                total = Replayed(
                    total.inserted + done.inserted, total.known + done.known, total.refused + done.refused
                )
    finally:
        shelf.close()
    return total


def _replay(shelf: SetAside, insertion: Insertion, reader: Reader, kind: Kind, rows: list[Aside]) -> Replayed:
    known, fresh = _split(kind, rows, lambda site, ids: _stored(reader, kind, site, ids))
    lines = [row.row.encode() + b"\n" for row in fresh]
    refused = insertion.lines(kind, lines, f"replay:{uuid.uuid4()}")
    inserted = [row for at, row in enumerate(fresh) if at not in refused]
    shelf.settle([*known, *inserted], [(fresh[at], reason) for at, reason in refused.items()])
    return Replayed(len(inserted), len(known), len(refused))


def _split(
    kind: Kind, rows: Sequence[Aside], stored: Callable[[str, list[str]], set[str]]
) -> tuple[list[Aside], list[Aside]]:
    """Rows that the store has or that come twice, and those to insert; rows without an id are among the latter."""
    ids = [_id(kind, row.row) for row in rows]
    seen = {
        (site, one)
        for site in {row.site for row in rows}
        for one in stored(site, [own for own, row in zip(ids, rows, strict=True) if own and row.site == site])
    }
    known: list[Aside] = []
    fresh: list[Aside] = []
    for own, row in zip(ids, rows, strict=True):
        (known if own and (row.site, own) in seen else fresh).append(row)
        if own:
            seen.add((row.site, own))
    return known, fresh


class _Found(msgspec.Struct):
    id: str


def _stored(reader: Reader, kind: Kind, site: str, ids: list[str]) -> set[str]:
    if not ids:
        return set()
    found = reader.rows(Scope(site), _SQL[kind], _Found, {"ids": ids})
    return {row.id for row in found}


class _Keys(msgspec.Struct):
    event_id: str = ""
    trace_id: str = ""
    span_id: str = ""
    series: str = ""
    time_ns: int = 0
    log_id: str = ""


def _id(kind: Kind, line: str) -> str:
    """The row's id as `replay.sql` writes it; empty when it has none that can be read."""
    try:
        keys = msgspec.json.decode(line, type=_Keys)
    except (msgspec.DecodeError, RecursionError):
        return ""
    match kind:
        case "events":
            return keys.event_id.lower()
        case "spans":
            return keys.trace_id + keys.span_id
        case "metrics":
            return f"{keys.series}{keys.time_ns}" if keys.series else ""
        case "logs":
            return keys.log_id.lower()
