"""Control data (sites, keys, problems, what was dropped): SQLAlchemy on SQLite by default, PostgreSQL when
grown up.

Rooms declare their tables on `Base`; a table exists because an Alembic revision in
`store/control/migrations/versions` makes it. `open_control` brings the database to the newest revision before anyone
reads.
"""

import sqlite3
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

from afterclick.errors import Misconfigured
from afterclick.settings import Settings
from afterclick.store.control.head import is_at_head, is_begun
from afterclick.store.control.locks import alone
from afterclick.store.folder import private_file
from afterclick.store.holding import Held, Holding

CONTROL = Holding(
    "files", "control.db", Held("the control database", "see its tables", "see its tables", "written anew")
)


class Base(DeclarativeBase):
    """Declares a table of control data; a model that does not say what is `held` in it is no table (TypeError)."""

    held: ClassVar[Held]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not isinstance(vars(cls).get("held"), Held):
            raise TypeError(
                f"The table {cls.__tablename__} does not say what it holds of people: give {cls.__qualname__} a "
                "`held = Held(…)`, see store/holding.py."
            )
        super().__init_subclass__(**kwargs)
        if unknown := set(cls.held.cleared) - set(cls.__table__.columns.keys()):
            raise TypeError(f"The table {cls.__tablename__} has no column {min(unknown)} to be cleared.")


def control_engine(settings: Settings) -> Engine:
    """The control database of the settings as it is; raises Misconfigured when the DSN is not one."""
    return _engine(_url(settings.control_dsn))


def open_control(settings: Settings) -> Engine:
    """Connect to the control database of the settings and migrate it to the newest revision.

    Any number of processes may do so at once; they wait for one another.
    Raises Misconfigured when the DSN is not one, nothing answers there, or a newer release has written it.
    """
    engine = control_engine(settings)
    try:
        with alone(engine, "migrate"):
            if engine.dialect.name == "sqlite" and engine.url.database:
                private_file(Path(engine.url.database))
            if not is_at_head(engine):
                from afterclick.store.control.revisions import upgrade  # Alembic takes its time to import

                upgrade(engine)
    except (OperationalError, OSError) as error:
        engine.dispose()
        raise _not_opened(error) from error
    return engine


def must_be_begun(settings: Settings) -> None:
    """Raises Misconfigured where no installation lies, or its control database cannot be asked. Makes nothing."""
    engine = control_engine(settings)
    try:
        if not is_begun(engine):
            raise Misconfigured(
                f"There is no installation in {settings.data}: set AFTERCLICK_DATA to the folder of one, or begin one "
                "with `afterclick serve`."
            )
    except (OperationalError, OSError) as error:
        raise _not_opened(error) from error
    finally:
        engine.dispose()


def _url(dsn: str) -> URL:
    try:
        url = make_url(dsn)
    except ArgumentError as error:
        raise Misconfigured(f"AFTERCLICK_DATABASE is not a database DSN: {error}.") from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise Misconfigured("AFTERCLICK_DATABASE must be sqlite:///file or postgresql://user@host/database.")
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True)  # a server that was restarted fails nobody
    engine = create_engine(url)
    event.listen(engine, "connect", _durable)
    return engine


def _durable(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute("PRAGMA foreign_keys = ON")


def _not_opened(error: OperationalError | OSError) -> Misconfigured:
    return Misconfigured(f"The control database cannot be opened, check AFTERCLICK_DATABASE: {_said(error)}.")


def _said(error: OperationalError | OSError) -> str:
    """What the driver said, in one line, without SQLAlchemy's reference to its manual."""
    cause = error.orig if isinstance(error, OperationalError) and error.orig else error
    return " ".join(str(cause).split()).rstrip(".")
