"""`afterclick replay`: rows that the store refused go in again."""

from typing import Annotated

import typer
from rich.console import Console

from afterclick.cli.connection import connect
from afterclick.cli.printed import JsonOption, print_json
from afterclick.cli.shown import ShownReplay
from afterclick.settings import load

out = Console()


def replay(
    reason: Annotated[str, typer.Option("--reason", help="Only rows whose reason holds this text.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Send rows that the store refused through the drain again; `doctor` tells how many there are, and why."""
    with connect(load()) as api:
        done = api.post("/replay", ShownReplay, reason=reason)
    if as_json:
        print_json(done)
        return
    out.print(
        f"{done.inserted:,} rows inserted, {done.known:,} known already, {done.refused:,} refused again."
    )
