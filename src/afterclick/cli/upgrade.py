"""`afterclick upgrade`: bring the data of an earlier release to this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from afterclick import __version__
from afterclick.cli.connection import is_running
from afterclick.cli.printed import JsonOption, print_json
from afterclick.errors import InvalidInput
from afterclick.settings import Settings, load

if TYPE_CHECKING:
    from afterclick.app.upgrade import Due

out = Console(highlight=False)


def upgrade(
    check: Annotated[
        bool, typer.Option("--check", help="Only tell; the exit code is 1 when something is due.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what this release changes in the data folder, and do it; `serve` does it too when it starts."""
    from afterclick.app.upgrade import due
    from afterclick.app.upgrade import upgrade as bring

    settings = load()
    if is_running(settings):
        raise InvalidInput("Stop the app first: it brings its data up to date whenever it starts.")
    found = due(settings)
    if not as_json:
        _list(found)
    if any(found) and not check:
        bring(settings)
    if as_json:
        print_json(_told(found, done=not check))
    else:
        out.print(_end(settings, due=any(found), check=check))
    if any(found) and check:
        raise typer.Exit(1)


def _list(found: Due) -> None:
    for migration in found.signals:
        out.print(f"signals  {migration.version:04d}  {migration.says}")
    for revision in found.control:
        out.print(f"control  {revision.id}  {revision.says}")


def _end(settings: Settings, *, due: bool, check: bool) -> str:
    if due and check:
        return "Nothing was changed. Back up first (`afterclick backup`): there is no way back but a backup."
    state = f"the data in {settings.data} is that of Afterclick {__version__}"
    return f"Done; {state}." if due else f"T{state[1:]}; nothing is due."


def _told(found: Due, *, done: bool) -> dict[str, object]:
    return {
        "signals": [{"version": one.version, "says": one.says} for one in found.signals],
        "control": [{"id": one.id, "says": one.says} for one in found.control],
        "done": done or not any(found),
    }
