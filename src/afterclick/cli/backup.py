"""`afterclick backup` and `afterclick restore`."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from afterclick.cli.connection import is_running, remotely_frozen
from afterclick.cli.printed import JsonOption, print_json
from afterclick.errors import InvalidInput
from afterclick.settings import Settings, load

if TYPE_CHECKING:
    from afterclick.store.backup import Frozen, Manifest

out = Console(highlight=False)

PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File whose first line is the passphrase of the secret key in the backup; without it, the key stays out.",
        envvar="AFTERCLICK_PASSPHRASE_FILE",
    ),
]


def backup(
    to: Annotated[Path, typer.Argument(help="A new folder, or a new file that ends in .tar.")],
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Back the installation up, while it runs or stopped."""
    from afterclick.app.backup import backup as make
    from afterclick.store.backup import stop_half_restored

    settings = load()
    passphrase = _passphrase(passphrase_file)
    stop_half_restored(settings.data)
    made = make(settings, lambda: _freeze(settings), to, passphrase)
    if as_json:
        print_json(made)
        return
    out.print(f"Backed up {_told(made)} to {to}.")
    if made.keys and not passphrase:
        out.print(
            "The secret key is not in it: keep a copy of secret.key (or AFTERCLICK_SECRET_KEY) in another place, or "
            "give --passphrase-file."
        )


def restore(
    source: Annotated[Path, typer.Argument(help="The folder or .tar file that `afterclick backup` wrote.")],
    passphrase_file: PassphraseOption = None,
    last: Annotated[
        Path | None,
        typer.Option(
            "--last", help="The data folder in use last: whom it has erased since is erased here, too."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a backup into an empty data folder (AFTERCLICK_DATA)."""
    from afterclick.app.restore import restore as fill

    settings = load()
    passphrase = _passphrase(passphrase_file)
    done = fill(settings, source, passphrase, last)
    if as_json:
        print_json(done)
        return
    out.print(f"Restored {_told(done)} into {settings.data}.")
    if last is None:
        out.print(
            "People who were erased since the backup are back: erase them again, or restore with --last."
        )
    if done.keys and not (settings.secret_key or (settings.data / "secret.key").exists()):
        out.print(
            f"Before you start it, put the secret key {done.keys[0]} back (secret.key, or AFTERCLICK_SECRET_KEY): "
            "without it, secrets that were stored sealed cannot be read."
        )


@contextmanager
def _freeze(settings: Settings) -> Generator[Frozen]:
    """Through the app that runs, else by opening the store as it is, without migrating it."""
    if is_running(settings):
        with remotely_frozen(settings) as tables:
            yield tables
        return
    from afterclick.store.backup import frozen
    from afterclick.store.engine.connection import Engine

    engine = Engine(settings)
    try:
        with frozen(engine) as tables:
            yield tables
    finally:
        engine.close()


def _told(manifest: Manifest) -> str:
    events = manifest.tables.get("events", 0)
    return f"{events:,} rows of events and {len(manifest.tables) - 1} more tables ({manifest.bytes / 1e6:,.1f} MB)"


def _passphrase(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The passphrase file {file} cannot be read: {error}.") from error
    return lines[0] if lines else ""
