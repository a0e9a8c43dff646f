"""What a backup of an installation is made of, and in which order, so that nothing acknowledged is missing.

The spool first: what leaves it later is in the tables, which are frozen after it. What is in both counts once, since
every table is idempotent. The memory of visits and the control database last: they must know all that the tables hold.
"""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

from afterclick import __version__
from afterclick.accounts.secrets import Secrets
from afterclick.clock import now_ms
from afterclick.collect.hooks import sources as hook_sources
from afterclick.errors import InvalidInput
from afterclick.settings import Settings
from afterclick.store.backup import Frozen, Manifest, Writer, writing
from afterclick.store.backup.manifest import FORMAT
from afterclick.store.backup.sealing import sealed
from afterclick.store.control.database import control_engine
from afterclick.store.control.revisions import current
from afterclick.store.holding import Held, Holding
from afterclick.store.spool import file as spool_file
from afterclick.visits import memory as visit_memory
from afterclick.visits import routes

CONTROL, SPOOL, VISITS, KEY = "control.db", f"spool/{spool_file.FILE}", visit_memory.FILE, "secret.key.sealed"
HOOKS, ROUTES = hook_sources.HOOKS.name, routes.LEARNED.name
SIGNALS = "signals"

BACKUPS = Holding(
    "files",
    "backups",
    Held(
        why="kept where you put them",
        holds="whatever the installation held when they were made",
        kept="until you delete them",
        erased="cannot be changed: restoring one applies the tombstones that its manifest and this installation list",
        in_backups=False,
    ),
)
Freeze = Callable[[], AbstractContextManager[Frozen]]


def backup(settings: Settings, freeze: Freeze, to: Path, passphrase: str = "") -> Manifest:
    """Write a backup to `to`, a folder or a .tar file, and return its manifest.

    `freeze` gives the tables as of one moment, see `store.backup.frozen`. With a passphrase the secret key is in it,
    sealed; it is never in it in clear.
    Raises InvalidInput when `to` is taken, when data is on servers, or there is nothing to back up; Unavailable when
    the disk is full.
    """
    _refuse_servers(settings)
    made = now_ms()
    with writing(to) as out, tempfile.TemporaryDirectory(prefix=".afterclick-", dir=to.parent) as scratch:
        copies = _Copies(out, Path(scratch))
        copies.add(SPOOL, settings.spool / spool_file.FILE)
        with freeze() as frozen:
            tables = {table: _add_table(out, table, Path(folder)) for table, folder in frozen.folders.items()}
            copies.add(VISITS, settings.data / visit_memory.FILE)
            copies.add(CONTROL, settings.data / "control.db")
        _add_routes(out, settings)
        _add_hooks(out, settings)
        if passphrase:
            _add_key(out, settings, passphrase, Path(scratch))
        manifest = Manifest(
            format=FORMAT,
            made=made,
            version=__version__,
            engine=frozen.engine,
            schema=frozen.schema,
            revision=_revision(settings),
            tables=tables,
            keys=_keys(settings),
            settings={row.name: row.value for row in settings.in_force()},
            files=out.files,
        )
        out.finish(manifest)
    return manifest


class _Copies:
    """SQLite files, each copied as of one moment while others write it."""

    def __init__(self, out: Writer, scratch: Path) -> None:
        self._out = out
        self._scratch = scratch

    def add(self, name: str, source: Path) -> None:
        if not source.exists():
            return
        copy = self._scratch / "copy.db"
        with closing(sqlite3.connect(source, timeout=30)) as one, closing(sqlite3.connect(copy)) as other:
            one.backup(other)  # all pages in one step: writers go on, and the copy never starts anew
        self._out.add(name, copy)
        copy.unlink()


def _add_table(out: Writer, table: str, folder: Path) -> int:
    """Add the parts of a table; its rows."""
    rows = 0
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            out.add(f"{SIGNALS}/{table}/{file.relative_to(folder).as_posix()}", file)
            if file.name == "count.txt" and file.parent.parent == folder:
                rows += int(file.read_text(encoding="ascii"))
    return rows


def _add_routes(out: Writer, settings: Settings) -> None:
    if (file := settings.data / ROUTES).exists():  # replaced as a whole, never changed
        out.add(ROUTES, file)


def _add_hooks(out: Writer, settings: Settings) -> None:
    if not settings.hooks:  # elsewhere they are the operator's own files
        for file in sorted(settings.hooks_folder.glob("*.toml")):
            out.add(f"{HOOKS}/{file.name}", file)


def _add_key(out: Writer, settings: Settings, passphrase: str, scratch: Path) -> None:
    file = settings.data / "secret.key"
    if settings.secret_key or not file.exists():
        raise InvalidInput(
            "There is no secret.key in the data folder to seal: leave the passphrase out, and keep "
            "AFTERCLICK_SECRET_KEY where you keep it."
        )
    box = scratch / "box"
    box.write_bytes(sealed(file.read_bytes(), passphrase))
    out.add(KEY, box)


def _keys(settings: Settings) -> tuple[str, ...]:
    if settings.secret_key or (settings.data / "secret.key").exists():
        return Secrets.open(settings).ids
    return ()


def _revision(settings: Settings) -> str:
    engine = control_engine(settings)
    try:
        return current(engine)
    finally:
        engine.dispose()


def _refuse_servers(settings: Settings) -> None:
    if settings.store:
        raise InvalidInput(
            "The signals are on a ClickHouse server: back them up there (BACKUP DATABASE … TO …), and the control "
            "database where it is; docs/operations.md says in which order."
        )
    if settings.database:
        raise InvalidInput(
            "The control database is not in the data folder: back it up with pg_dump; docs/operations.md says in "
            "which order."
        )
    if not (settings.data / "control.db").exists():
        raise InvalidInput(f"There is nothing in {settings.data} to back up; is AFTERCLICK_DATA right?")
