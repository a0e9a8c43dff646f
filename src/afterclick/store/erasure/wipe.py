"""Databases from which rows were deleted: what stood in them must not stay in free pages or in the log."""

import sqlite3
import time
from contextlib import closing

from sqlalchemy import Engine, text

from afterclick.errors import Unavailable
from afterclick.store.erasure.registry import rows

_PATIENCE = 60.0


def wipe(connection: sqlite3.Connection) -> None:
    """Write the file anew without its free pages, and empty its write-ahead log; others may go on using it.

    Raises Unavailable when others hold the file for a minute.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("VACUUM")
            if not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return
        except sqlite3.OperationalError as error:
            if time.monotonic() > until:
                raise Unavailable(
                    f"A file cannot be written anew ({error}); it is tried again later."
                ) from error
        if time.monotonic() > until:
            raise Unavailable(
                "A file is read all the time and cannot be written anew; it is tried again later."
            )
        time.sleep(0.05)


def wipe_control(engine: Engine) -> None:
    """The same for the control database; on PostgreSQL the rows' old versions are freed for others to overwrite."""
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database:
        with closing(sqlite3.connect(database, timeout=10, isolation_level=None)) as connection:
            wipe(connection)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for row in rows():
            if row.held.cleared:
                connection.execute(text(f"VACUUM {row.__tablename__}"))
