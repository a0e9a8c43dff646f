"""`afterclick upgrade`: bring the data of an earlier release to this one."""

from typing import Annotated

import typer
from rich.console import Console

from afterclick import __version__
from afterclick.cli.connection import is_running
from afterclick.errors import InvalidInput
from afterclick.settings import load

out = Console(highlight=False)


def upgrade(
    check: Annotated[
        bool, typer.Option("--check", help="Only tell; the exit code is 1 when something is due.")
    ] = False,
) -> None:
    """Show what this release changes in the data folder, and do it; `serve` does it too when it starts."""
    from afterclick.app.upgrade import due
    from afterclick.app.upgrade import upgrade as bring

    settings = load()
    if is_running(settings):
        raise InvalidInput("Stop the app first: it brings its data up to date whenever it starts.")
    found = due(settings)
    if not any(found):
        out.print(f"The data in {settings.data} is that of Afterclick {__version__}; nothing is due.")
        return
    for migration in found.signals:
        out.print(f"signals  {migration.version:04d}  {migration.says}")
    for revision in found.control:
        out.print(f"control  {revision.id}  {revision.says}")
    if check:
        out.print(
            "Nothing was changed. Back up first (`afterclick backup`): there is no way back but a backup."
        )
        raise typer.Exit(1)
    bring(settings)
    out.print(f"Done; the data in {settings.data} is that of Afterclick {__version__}.")
