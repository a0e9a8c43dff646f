"""A backup into an empty data folder. While it is filled a file marks it, so that a half-filled one is never opened."""

from collections import defaultdict
from pathlib import Path

from afterclick.app.backup import CONTROL, HOOKS, KEY, ROUTES, SIGNALS, SPOOL, VISITS
from afterclick.app.erased import erase_again, erased_in
from afterclick.errors import InvalidInput
from afterclick.settings import Settings
from afterclick.store.backup import Manifest, Reader, reading
from afterclick.store.backup.manifest import HALF
from afterclick.store.backup.parts import attach, detached, rows
from afterclick.store.backup.sealing import opened
from afterclick.store.control.revisions import knows
from afterclick.store.engine.connection import Engine
from afterclick.store.folder import private_folder
from afterclick.store.schema.migrations import migrate, migrations

_OURS_TO_IGNORE = {"lost+found"}
"""In the root of a volume; no trace of data."""


def restore(settings: Settings, source: Path, passphrase: str = "", last: Path | None = None) -> Manifest:
    """Fill the data folder of the settings with the backup, every file compared with its digest before any is written.

    With a passphrase, the secret key is restored too. `last` is the data folder that was in use last: whom it erased
    since the backup is erased here, too, and its secret key serves when the backup brings none.
    Raises InvalidInput when the folder is not empty, or the backup is damaged, cut short or a newer release's.
    """
    _refuse_filled(settings)
    with reading(source) as backup:
        _refuse_newer(backup.manifest)
        key = opened(backup.read(KEY), passphrase) if passphrase and backup.has(KEY) else _key_of(last)
        stones = erased_in(last) if last else []
        if stones and not (key or settings.secret_key):
            raise InvalidInput(
                "Who was erased since the backup cannot be told without the secret key: give it, too."
            )
        private_folder(settings.data)
        marker = settings.data / HALF
        marker.touch(mode=0o600)
        for name in (SPOOL, VISITS, CONTROL, ROUTES, *backup.names(HOOKS)):
            if backup.has(name):
                backup.copy(name, settings.data / name)
        if key:
            _place_key(settings.data / "secret.key", key)
        _restore_tables(settings, backup)
        if stones:
            erase_again(settings, stones)
        marker.unlink()
        return backup.manifest


def _restore_tables(settings: Settings, backup: Reader) -> None:
    engine = Engine(settings)
    try:
        migrate(engine, backup.manifest.schema)
        places = detached(engine)
        for table, expected in backup.manifest.tables.items():
            if table not in places:
                raise InvalidInput(f"The backup has a table {table} that this release does not know.")
            engine.command(f"SYSTEM STOP MERGES {table}")
            attach(engine, table, _copy_parts(backup, table, places[table]))
            found = rows(engine, table)
            engine.command(f"SYSTEM START MERGES {table}")
            if found != expected:
                raise InvalidInput(
                    f"{expected:,} rows were expected in {table}, {found:,} came: use another backup."
                )
    finally:
        engine.close()


def _copy_parts(backup: Reader, table: str, to: Path) -> list[str]:
    parts: defaultdict[str, list[str]] = defaultdict(list)
    under = f"{SIGNALS}/{table}"
    for name in backup.names(under):
        parts[name.removeprefix(f"{under}/").partition("/")[0]].append(name)
    for names in parts.values():
        for name in names:
            backup.copy(name, to / name.removeprefix(f"{under}/"))
    return list(parts)


def _key_of(data: Path | None) -> bytes:
    file = data / "secret.key" if data else None
    return file.read_bytes() if file and file.is_file() else b""


def _place_key(file: Path, key: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(key)


def _refuse_filled(settings: Settings) -> None:
    if settings.store or settings.database:
        raise InvalidInput(
            "This restores into a data folder, but AFTERCLICK_STORE or AFTERCLICK_DATABASE names a server; unset them."
        )
    if settings.data.exists() and {path.name for path in settings.data.iterdir()} - _OURS_TO_IGNORE:
        raise InvalidInput(
            f"{settings.data} is not empty; name an empty folder in AFTERCLICK_DATA, or move what is there away."
        )


def _refuse_newer(manifest: Manifest) -> None:
    if manifest.schema > migrations()[-1].version or (manifest.revision and not knows(manifest.revision)):
        raise InvalidInput(
            f"The backup was made by Afterclick {manifest.version}, which is newer than this one: install that release."
        )
