"""Which revision the control database is at, which are due, and bringing it there."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from importlib import resources
from typing import NamedTuple, cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine

from afterclick.errors import Misconfigured
from afterclick.store.holding import Held, Holding

VERSION = Holding("control", "alembic_version", Held("the database's revision"))


class Revision(NamedTuple):
    """One Alembic revision: its id, and its docstring's first line."""

    id: str
    says: str


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, all of it or, when that fails, nothing of it.

    Raises Misconfigured when a newer release has written the database.
    """
    due(engine)
    with _config() as config, _whole(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _whole(engine: Engine) -> Generator[Connection]:
    """A transaction that holds changes of tables too: SQLite's driver begins none before them by itself."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        begins_itself, driver.isolation_level = driver.isolation_level, None
        try:
            with connection.begin():
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
        finally:
            driver.isolation_level = begins_itself


def current(engine: Engine) -> str:
    """The revision that the database is at, empty when it has no tables yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def due(engine: Engine) -> list[Revision]:
    """The revisions that are due, oldest first; changes nothing.

    Raises Misconfigured when a newer release has written the database.
    """
    at = current(engine)
    known = _newest_first()
    if at and at not in {script.revision for script in known}:
        raise Misconfigured(
            f"The control database was last opened by a newer Afterclick (revision {at}, this release knows "
            f"{known[0].revision}): install that release again, or restore a backup that is older."
        )
    found: list[Revision] = []
    for script in known:
        if script.revision == at:
            break
        found.append(Revision(script.revision, script.doc))
    return found[::-1]


def knows(revision: str) -> bool:
    """Whether this release has the revision."""
    return revision in {script.revision for script in _newest_first()}


def _newest_first() -> list[Script]:
    with _config() as config:
        return list(ScriptDirectory.from_config(config).walk_revisions())


@contextmanager
def _config() -> Generator[Config]:
    with resources.as_file(resources.files("afterclick.store.control").joinpath("migrations")) as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        yield config
