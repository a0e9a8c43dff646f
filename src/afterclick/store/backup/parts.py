"""Tables in and out of the embedded engine, part by part.

`ALTER TABLE … FREEZE` links a table's parts, which never change, into a folder of their own: no row is copied, and
whoever reads them later reads the table as it was. Between inserts, all tables are frozen as of one moment.
"""

import shutil
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import msgspec

from afterclick.errors import Unavailable
from afterclick.store.engine.connection import Engine
from afterclick.store.schema.catalogue import TABLES
from afterclick.store.schema.migrations import applied

_PASSING = {table.name for table in TABLES if not table.in_backups}


class Frozen(msgspec.Struct, frozen=True):
    """Tables as they were at one moment: `folders` gives where each one's parts are, `schema` the newest migration."""

    engine: str
    schema: int
    folders: dict[str, str]


@contextmanager
def frozen(engine: Engine) -> Generator[Frozen]:
    """All tables as of now; their files are there until the block ends. Inserts wait some milliseconds, rebuilds until
    the end: what the control database tells of them must be of the same moment.
    """
    with engine.gate.beside_rebuilds():
        yield from _frozen(engine)


def _frozen(engine: Engine) -> Generator[Frozen]:
    root = _root(engine)
    name = f"backup_{uuid4().hex}"
    try:
        with engine.between_inserts():
            tables = {table: folder for table, folder in _folders(engine).items() if table not in _PASSING}
            for table in tables:
                engine.command(f"ALTER TABLE {table} FREEZE WITH NAME '{name}'")
            filled = engine.rows(_FILLED, {"tables": list(tables)}, tag="backup")[0]["n"]
        shadow = root / "shadow" / name
        if filled and not shadow.is_dir():
            raise Unavailable(f"The engine froze its tables elsewhere than in {shadow}; report this.")
        folders = {table: str(shadow / folder.relative_to(root)) for table, folder in tables.items()}
        yield Frozen(
            engine.rows("SELECT version() AS v", tag="backup")[0]["v"],
            max(applied(engine), default=0),
            folders,
        )
    finally:
        shutil.rmtree(root / "shadow" / name, ignore_errors=True)


def drop_frozen(engine: Engine) -> None:
    """Delete what a backup that died left behind: it would keep rows that were erased since."""
    if engine.folder:
        shutil.rmtree(engine.folder / "shadow", ignore_errors=True)


def attach(engine: Engine, table: str, parts: Iterable[str]) -> None:
    """Make parts that lie in the table's `detached` folder its own."""
    for part in parts:
        engine.command(f"ALTER TABLE {table} ATTACH PART '{part}'")


def detached(engine: Engine) -> Mapping[str, Path]:
    """Of each table, the folder that `attach` takes parts from."""
    return {table: folder / "detached" for table, folder in _folders(engine).items()}


def rows(engine: Engine, table: str) -> int:
    """Physical rows of the table's parts."""
    return engine.rows(_ROWS, {"table": table}, tag="restore")[0]["n"]


def _root(engine: Engine) -> Path:
    assert engine.folder, "only the embedded engine's tables are files here"  # noqa: S101 - callers ask before
    return engine.folder


def _folders(engine: Engine) -> dict[str, Path]:
    return {row["name"]: Path(row["data_paths"][0]) for row in engine.rows(_TABLES, tag="backup")}


_TABLES = """
SELECT name, data_paths FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND NOT endsWith(name, '_shadow')
ORDER BY name
"""
_FILLED = """
SELECT count() AS n FROM system.parts WHERE database = currentDatabase() AND active AND table IN {tables:Array(String)}
"""
_ROWS = """
SELECT sum(rows) AS n FROM system.parts WHERE database = currentDatabase() AND active AND table = {table:String}
"""
