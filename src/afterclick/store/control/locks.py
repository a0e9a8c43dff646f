"""Locks between processes, beside the control database: what two of them must not do at the same time.

On SQLite a lock is a file beside the database, held by flock(2), so it ends with its process. On PostgreSQL it is an
advisory lock of a connection, so it ends with the connection, and processes on several machines share it.
"""

import fcntl
import hashlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal

from sqlalchemy import Connection, Engine, Function, func, select
from sqlalchemy.exc import DBAPIError

from afterclick.store.holding import Held, Holding

Name = Literal["migrate", "inserts", "rebuild", "app"]
"""What a lock keeps apart: migrating, inserting (shared) from what must stand between inserts, rebuilding, the app."""

_HELD_WHILE: dict[Name, str] = {
    "migrate": "held while the database is migrated",
    "inserts": "held while rows go in",
    "rebuild": "held while a rollup is built anew",
    "app": "which process runs the timetable",
}
FILES = tuple(
    Holding("files", f"control.db.{name}.lock", Held(why, in_backups=False))
    for name, why in _HELD_WHILE.items()
)


@contextmanager
def alone(engine: Engine, name: Name) -> Generator[None]:
    """Nobody else is inside under this name, in whatever process or thread; who comes waits. Keep it short."""
    with _held(engine, name, fcntl.LOCK_EX, func.pg_advisory_xact_lock(_number(name))):
        yield


@contextmanager
def together(engine: Engine, name: Name) -> Generator[None]:
    """Nobody is inside with `alone` under this name; others may be with `together`."""
    with _held(engine, name, fcntl.LOCK_SH, func.pg_advisory_xact_lock_shared(_number(name))):
        yield


class Hold:
    """A lock that one process holds for long; who comes meanwhile does not wait. Use it from one thread at a time."""

    def __init__(self, engine: Engine, name: Name) -> None:
        self._engine = engine
        self._name: Name = name
        self._file: IO[str] | None = None
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Whether it is held from now on, or was already; a lock that a lost connection has ended is taken anew.

        Raises OperationalError when the control database does not answer.
        """
        return self._take_file() if self._engine.dialect.name == "sqlite" else self._take_on_connection()

    def release(self) -> None:
        """Let it go."""
        if self._file:
            self._file.close()
        if self._connection:
            with suppress(DBAPIError):  # a closed connection alone lets go only once the server has noticed
                self._connection.scalar(select(func.pg_advisory_unlock(_number(self._name))))
            _hang_up(self._connection)
        self._file = self._connection = None

    def _take_file(self) -> bool:
        if self._file:
            return True
        file = _file(self._engine, self._name)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def _take_on_connection(self) -> bool:
        if self._connection:
            try:
                self._connection.execute(select(1))
            except DBAPIError:
                _hang_up(self._connection)
                self._connection = None
            else:
                return True
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            for setting in _KEEPALIVE:
                connection.exec_driver_sql(setting)
            if connection.scalar(select(func.pg_try_advisory_lock(_number(self._name)))):
                self._connection = connection
        finally:
            if not self._connection:
                _hang_up(connection)
        return self._connection is not None


_KEEPALIVE = (
    "SET tcp_keepalives_idle = 20",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
)
"""So that a machine that vanished without a word holds nothing for longer than a minute."""


def _hang_up(connection: Connection) -> None:
    connection.invalidate()  # one that went back to the pool would keep the lock
    connection.close()


@contextmanager
def _held(engine: Engine, name: Name, flag: int, call: Function[None]) -> Generator[None]:
    if engine.dialect.name == "sqlite":
        with _file(engine, name) as file:
            fcntl.flock(file, flag)
            yield
    else:
        with engine.begin() as connection:
            connection.execute(select(call))
            yield


def _file(engine: Engine, name: Name) -> IO[str]:
    database = Path(engine.url.database or "")
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return (database.parent / f"{database.name}.{name}.lock").open("a")


def _number(name: Name) -> int:
    """The lock's number in the database: 64 bits that nobody else takes by chance."""
    return int.from_bytes(hashlib.sha256(f"afterclick {name}".encode()).digest()[:8], "big", signed=True)
