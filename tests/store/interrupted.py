"""`python -m tests.store.interrupted FOLDER [STATEMENTS]`: brings the store in FOLDER up to date.

With a number, the process kills itself after so many statements, none: 0. Without one, it is interrupted after every
single statement, each time going on from where it was, by an error in the one process. Prints what stands at the end.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import Parameter
from afterclick.store.schema.migrations import migrate, migrations
from afterclick.store.schema.view import make_views, views


class Interruption(Exception):
    """Stands for whatever ends a process."""


class Counting(Engine):
    """Is interrupted after `limit` statements."""

    limit = 0
    interrupt: Callable[[], None]

    def command(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> None:
        super().command(sql, parameters)
        self.limit -= 1
        if not self.limit:
            self.interrupt()


def interruptions() -> Iterator[int]:
    """After how many statements to interrupt, run by run, so that each one of each file is once the last."""
    for migration in migrations():
        for done in range(1, len(migration.statements) + 2):  # the last one records that the file is through
            yield 1 + done  # the first makes the table of what is recorded
    yield from (2 for _ in views(BOUND))


def main(folder: Path, statements: str = "") -> None:
    engine = Counting(load({"AFTERCLICK_DATA": str(folder)}))
    if statements:
        engine.limit, engine.interrupt = int(statements), lambda: os.kill(os.getpid(), signal.SIGKILL)
    else:
        engine.interrupt = interrupted
        for engine.limit in interruptions():
            with suppress(Interruption):
                bring_up_to_date(engine)
        assert not engine.limit, "the last run was not interrupted"
    bring_up_to_date(engine)
    print(json.dumps({"tables": tables(engine), "applied": applied(engine)}))
    engine.close()


def bring_up_to_date(engine: Engine) -> None:
    make_views(engine, BOUND, schema=migrate(engine))


def interrupted() -> None:
    raise Interruption


def tables(engine: Engine) -> dict[str, str]:
    """What each table and view is made by, without what differs between two folders."""
    query = "SELECT name, create_table_query AS made FROM system.tables WHERE database = currentDatabase()"
    return {row["name"]: row["made"] for row in engine.rows(query, tag="test")}


def applied(engine: Engine) -> list[int]:
    query = "SELECT version FROM schema_migrations ORDER BY version"
    return [row["version"] for row in engine.rows(query, tag="test")]


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
