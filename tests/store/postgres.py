"""Finds a PostgreSQL for the tests of control data, or gets one: `python tests/store/postgres.py`.

Order: $AFTERCLICK_PG_CTL, `pg_ctl` on the path, Debian's place for it. When there is none and we are root on Debian:
its package. Else those tests are skipped, and say so.
"""

import atexit
import os
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import mirakuru.base
import psycopg
from pytest_postgresql.executors.proc import PostgreSQLExecutor
from pytest_postgresql.janitor import DatabaseJanitor
from sqlalchemy import Engine

MISSING = (
    "There is no PostgreSQL: run `make test` as root on Debian, or install it and name its pg_ctl in "
    "AFTERCLICK_PG_CTL."
)

# On its way out it kills whatever was started by a process whose number holds the digits of its own: the PostgreSQL of
# another run of the tests as well (mirakuru 3). Ours is stopped where it was started.
atexit.unregister(mirakuru.base.cleanup_subprocesses)

SCRATCH = tempfile.gettempdir()
"""The machine's own, asked for before a store makes its private folder the one for scratch files."""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that runs for the tests alone, on loopback, without a password."""

    port: int

    def dsn(self, database: str) -> str:
        """The database as AFTERCLICK_DATABASE names it."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, template: str | None = None) -> Generator[str]:
        """The name of a database of its own, empty or a copy of `template`, dropped afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        with DatabaseJanitor(
            user="postgres", host="127.0.0.1", port=self.port, dbname=name, template_dbname=template
        ):
            yield name

    def cut(self, engine: Engine) -> None:
        """End every connection to the engine's database, as a restart of the server would."""
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [engine.url.database],
            )


def pg_ctl() -> Path | None:
    """The program that starts PostgreSQL, or None when there is none yet."""
    named = os.environ.get("AFTERCLICK_PG_CTL") or shutil.which("pg_ctl")
    if named:
        return Path(named)
    found = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    return max(found, key=lambda path: float(path.parts[-3]), default=None)


@contextmanager
def started() -> Generator[Server]:
    """A running one; raises FileNotFoundError when there is none."""
    program = pg_ctl()
    if program is None:
        raise FileNotFoundError(MISSING)
    # A folder of our own: that of pytest is closed to the user that PostgreSQL runs as.
    with tempfile.TemporaryDirectory(prefix="afterclick-postgres-", dir=SCRATCH) as folder:
        server = PostgreSQLExecutor(
            executable=str(_as_anybody_but_root(program, Path(folder))),
            host="127.0.0.1",
            port=_free_port(),
            datadir=f"{folder}/data",
            unixsocketdir=folder,
            logfile=f"{folder}/log",
            startparams="-w",
            dbname="tests",
        )
        with server:
            yield Server(server.port)


def _as_anybody_but_root(program: Path, folder: Path) -> Path:
    """The program, or for root, which PostgreSQL refuses, one that runs it as another user, who owns the folder."""
    if os.geteuid() != 0:
        return program
    user = _user()
    shutil.chown(folder, user)
    wrapper = folder / "pg_ctl"
    wrapper.write_text(f'#!/bin/sh\ncd /\nexec runuser -u {user} -- {shlex.quote(str(program))} "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def install() -> None:
    """Get a PostgreSQL; raises CalledProcessError when that fails."""
    print("Installing PostgreSQL with apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"],
        check=True,
        env=environment,
    )


def main() -> int:
    """Make sure that there is one where that can be, and say which."""
    if pg_ctl() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install()
    found = pg_ctl()
    print(f"Tests of control data use {found}" if found else f"{MISSING} Its tests are skipped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
