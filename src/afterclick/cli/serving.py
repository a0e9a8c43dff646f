"""`afterclick serve` and `afterclick collect`: what runs until it is told to stop."""

from typing import Annotated

import typer
from rich.console import Console

from afterclick.settings import load

out = Console(highlight=False)


def serve(
    collector: Annotated[bool, typer.Option(help="Take in data here, too.")] = True,
) -> None:
    """Start the collector and the app, and run until told to stop."""
    from afterclick.app import serve

    serve.serve(load(), out.print, collector=collector)


def collect() -> None:
    """Start a collector that drains into a ClickHouse server by itself, beside an app that runs elsewhere."""
    from afterclick.app import collecting

    collecting.collect(load(), out.print)
