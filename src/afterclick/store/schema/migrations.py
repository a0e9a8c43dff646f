"""Migrations: the numbered files of `schema/`, which bring the engine's tables to what the records of `tables/` say."""

import re
from pathlib import Path
from typing import NamedTuple

from afterclick.errors import Misconfigured
from afterclick.store import schema
from afterclick.store.engine.connection import Engine
from afterclick.store.schema.ddl import created, signed_in
from afterclick.store.schema.tables.schema_migrations import SCHEMA_MIGRATIONS

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_END = re.compile(r";\s*$", re.MULTILINE)


class Migration(NamedTuple):
    """One numbered file: statements that can be run again when the engine died half-way."""

    version: int
    name: str
    statements: list[str]

    @property
    def says(self) -> str:
        """The first sentence of the file's opening comment, else the file's name."""
        comment = re.match(r"(?:--[^\n]*\n)+", self.statements[0])
        text = re.sub(r"\s*\n--\s*|^--\s*", " ", comment[0].strip()).strip() if comment else self.name
        return re.split(r"(?<=[.:;])\s", text)[0].rstrip(".:;")


def migrations() -> list[Migration]:
    """The numbered files of `schema/`, in order."""
    found: list[Migration] = []
    for file in (file for folder in schema.__path__ for file in Path(folder).iterdir()):
        if match := _FILE.fullmatch(file.name):
            statements = [part.strip() for part in _END.split(file.read_text(encoding="utf-8"))]
            found.append(Migration(int(match[1]), match[2], [part for part in statements if part]))
    return sorted(found)


def applied(engine: Engine) -> set[int]:
    """Versions of the migrations that the store has seen, none for one that is new."""
    if not engine.rows("EXISTS TABLE schema_migrations", tag="migrations")[0]["result"]:
        return set()
    found = engine.rows("SELECT version FROM schema_migrations", tag="migrations")
    return {row["version"] for row in found}


def pending(engine: Engine) -> list[Migration]:
    """The migrations that have not been applied; changes nothing.

    Raises Misconfigured when a newer release has applied some that this one does not know.
    """
    known, done = migrations(), applied(engine)
    newest = max(done, default=0)
    if newest > known[-1].version:
        raise Misconfigured(
            f"The store was last opened by a newer Afterclick (its schema is {newest}, this release knows "
            f"{known[-1].version}): install that release again, or restore a backup that is older."
        )
    return [migration for migration in known if migration.version not in done]


def migrate(engine: Engine, up_to: int | None = None) -> int:
    """Apply every migration that has not been applied, or those up to a version; safe to run again after a crash at
    any point. Returns the version of the newest.

    Raises Misconfigured when a newer release has written the store.
    """
    due = pending(engine)
    engine.command(created(SCHEMA_MIGRATIONS))
    for migration in due:
        if up_to is not None and migration.version > up_to:
            break
        for statement in migration.statements:
            engine.command(signed_in(statement, engine.dsn))
        engine.command(
            "INSERT INTO schema_migrations (version, name) VALUES ({version:UInt32}, {name:String})",
            {"version": migration.version, "name": migration.name},
        )
    return max(applied(engine), default=0)
