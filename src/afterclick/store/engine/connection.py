"""Connections to the engine: the embedded one (chDB, one process owns its folder) or a server, by DSN."""

import fcntl
import os
import queue
import secrets
import shutil
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol, cast

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError

from afterclick.errors import Misconfigured, Unavailable
from afterclick.settings import Settings
from afterclick.store.engine.dsn import SignalsDsn
from afterclick.store.engine.query import Parameter
from afterclick.store.engine.trouble import is_away, is_over_limit, is_the_stores
from afterclick.store.engine.write_gate import Gate
from afterclick.store.holding import Held, Holding

READERS = 4
"""Reads that run side by side; the next one waits, so that pages cannot starve the drain of memory."""
WRITERS = 2
"""Writes that run side by side: the drain, and one job."""

READ_SECONDS = 60
"""A read that takes longer is stopped; writes take the time they take."""
_PATIENCE_S = 8.0
"""How long a process waits for another one to let go of the embedded store."""
BLOCK_ROWS = 200_000
"""Jobs that copy many rows do it in blocks of about so many, which fit a query's memory."""


class _Client(Protocol):
    """What we use of a clickhouse-connect client."""

    def query_arrow(self, query: str, parameters: dict[str, object]) -> pa.Table: ...
    def command(self, cmd: str, parameters: dict[str, object]) -> object: ...
    def insert_arrow(
        self, table: str, arrow_table: pa.Table, *, settings: dict[str, str | int]
    ) -> object: ...
    def close(self) -> None: ...


HOLDINGS = (
    Holding(
        "files",
        "signals",
        Held("the store", "see its tables", "see its tables", "rewritten parts are deleted at once"),
    ),
    Holding("files", "signals.lock", Held("which process owns the store", in_backups=False)),
    Holding(
        "files",
        "tmp",
        Held(
            why="scratch files of the engine's client",
            holds="blocks on their way into the store, and exports on their way out",
            kept="until the insert or the download ends",
            erased="each deletes its own; emptied at every start",
            in_backups=False,
        ),
    ),
)


class Engine:
    """Open connections to one store. Safe to use from any thread; every call blocks."""

    def __init__(self, settings: Settings) -> None:
        """Open the store that `settings.signals_dsn` names.

        Raises Misconfigured when the DSN is none of ours, another process owns the folder, or nothing answers.
        """
        self._settings = settings
        self.dsn = SignalsDsn(settings)
        """What the settings name as the store."""
        self._clients: list[_Client] = []
        self._mark = f"afterclick {secrets.token_hex(4)}"
        self.gate = Gate(settings, shared=self.dsn.is_server)
        """Which writes may run side by side."""
        self.folder = self.dsn.folder
        """Where the embedded engine keeps its files, None for a server."""
        self._folder = _Folder(self.folder, settings.temporary) if self.folder else None
        try:
            self._readers = self._pool(READERS, {"max_execution_time": READ_SECONDS})
            self._writers = self._pool(WRITERS, _jobs(settings))
        except ClickHouseError as error:
            self.close()
            if is_away(error):
                raise Misconfigured(
                    f"Nothing answers as ClickHouse at {self.dsn}: start it, or check AFTERCLICK_STORE."
                ) from error
            raise Misconfigured(f"The store at {self.dsn} does not open: {error}.") from error

    def query(self, sql: str, parameters: Mapping[str, Parameter] | None = None, *, tag: str) -> pa.Table:
        """Run one read; `tag` names it among the running queries.

        Raises Unavailable when it meets its limit of memory or time, or a server does not answer.
        """
        with _lent(self._readers) as client, _limits(tag):
            return client.query_arrow(f"/* {self._mark} {tag} */ {sql}", _bound(parameters))

    def alone(self, sql: str, settings: Mapping[str, str | int], *, tag: str) -> pa.Table:
        """Run one read on a connection of its own, which the settings hold for, the last of them set last.

        Raises Unavailable when it meets its limit of memory or time, or a server does not answer.
        """
        session = _session(self._settings) | dict(settings)
        with _lent(self._readers), _limits(tag):
            client = _open(self.dsn.options() | {"settings": session})
            try:
                return client.query_arrow(f"/* {self._mark} {tag} */ {sql}", {})
            finally:
                client.close()

    def rows(
        self, sql: str, parameters: Mapping[str, Parameter] | None = None, *, tag: str
    ) -> list[dict[str, Any]]:
        """Run one read of few rows, each by column name."""
        return self.query(sql, parameters, tag=tag).to_pylist()

    def command(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> None:
        """Run one statement that changes something."""
        with _lent(self._writers) as client, _limits("A job"):
            client.command(f"/* {self._mark} */ {sql}", _bound(parameters))

    def insert(self, table: str, rows: pa.Table, settings: Mapping[str, str | int] | None = None) -> None:
        """Insert the rows as one block, durable when this returns. Inserts go one after the other.

        Raises Unavailable when the store could not take any rows just now; DatabaseError when it refuses these.
        """
        with self.gate.inserting(), _lent(self._writers) as client, _later(table):
            client.insert_arrow(table, rows.combine_chunks(), settings=dict(settings or {}))

    def between_inserts(self) -> AbstractContextManager[None]:
        """Hold inserts back: what is read inside stems from whole inserts, views included. Keep it short."""
        return self.gate.between_inserts()

    def cancel(self) -> None:
        """End every statement that runs, but for inserts of rows from outside; each fails where it was asked."""
        client = _open(self.dsn.options())
        try:
            client.command(f"KILL QUERY WHERE startsWith(query, '/* {self._mark} ') ASYNC", {})
        finally:
            client.close()

    def close(self) -> None:
        """Close every connection and let another process have the folder."""
        for client in self._clients:
            client.close()
        self._clients.clear()
        self.gate.close()
        if self._folder:
            self._folder.release()

    def _pool(self, size: int, limits: dict[str, str | int]) -> "queue.LifoQueue[_Client]":
        pool: queue.LifoQueue[_Client] = queue.LifoQueue(size)
        for _ in range(size):
            client = _open(self.dsn.options() | {"settings": _session(self._settings) | limits})
            self._clients.append(client)
            pool.put(client)
        return pool


class _Folder:
    """The embedded engine's folder, owned by this process, and its private temporary folder, emptied."""

    def __init__(self, path: Path, temporary: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _own(path)
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True, mode=0o700)
        # The client hands each embedded insert over in a temporary file, and takes only this for the place.
        self._tempdir_before, tempfile.tempdir = tempfile.tempdir, str(temporary)

    def release(self) -> None:
        tempfile.tempdir = self._tempdir_before
        self._lock.close()


def _own(path: Path) -> IO[str]:
    lock = path.with_name(f"{path.name}.lock").open("a+", encoding="ascii")
    if not _locked(lock):
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise Misconfigured(
            f"The store in {path} belongs to the running process {owner}: try again in a moment if that is another "
            "command or an app that is just starting, stop it if this is to run in its place, or choose another "
            "AFTERCLICK_DATA."
        )
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _locked(lock: IO[str]) -> bool:
    """Take the lock, waiting a little for another verb to end."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            return True


@contextmanager
def _lent(pool: "queue.LifoQueue[_Client]") -> Generator[_Client]:
    client = pool.get()
    try:
        yield client
    finally:
        pool.put(client)


def _open(options: dict[str, object]) -> _Client:
    return cast(_Client, clickhouse_connect.get_client(**options))  # pyright: ignore[reportUnknownMemberType, reportArgumentType]


def _jobs(settings: Settings) -> dict[str, str | int]:
    """A job that groups more than fits into a part of its memory does it over the disk."""
    return {
        "min_insert_block_size_rows": BLOCK_ROWS,
        "max_bytes_before_external_group_by": settings.query_memory_bytes // 4,
    }


def _session(settings: Settings) -> dict[str, str | int]:
    return {
        "final": 1,
        "do_not_merge_across_partitions_select_final": 1,
        "max_memory_usage": settings.query_memory_bytes,
        "async_insert": 0,
        "session_timezone": "UTC",
    }


@contextmanager
def _limits(what: str) -> Generator[None]:
    try:
        yield
    except DatabaseError as error:
        if is_over_limit(error):
            raise Unavailable(f"{what} met the store's limit of memory or time: ask for less.") from error
        if is_away(error):
            raise Unavailable("The store does not answer; it is asked again.") from error
        raise
    except (pa.ArrowException, OSError) as error:  # a server tells of an error in the middle of its rows
        raise Unavailable(
            f"{what} was broken off by the store in mid-answer: ask again, or for less."
        ) from error


@contextmanager
def _later(table: str) -> Generator[None]:
    try:
        yield
    except (DatabaseError, OSError) as error:
        if is_the_stores(error):
            raise Unavailable(f"An insert into {table} has to wait: {error}") from error
        raise


def _bound(parameters: Mapping[str, Parameter] | None) -> dict[str, object]:
    return {name: _literal(value) for name, value in (parameters or {}).items()}


def _literal(value: Parameter) -> object:
    # The client cuts a datetime to whole seconds; its text in UTC keeps the milliseconds.
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return value
