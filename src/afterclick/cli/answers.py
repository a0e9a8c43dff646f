"""`afterclick problems`, `sessions` and `query`: what the dataset answers."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from afterclick.cli import tables
from afterclick.cli.connection import connect
from afterclick.cli.printed import print_json
from afterclick.settings import load

SiteOption = Annotated[str, typer.Option("--site", help="Which site.", envvar="AFTERCLICK_SITE")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

out = Console()


def problems(site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """What loses money, most first."""
    with connect(load()) as connection:
        found, zone = connection.problems(site), connection.site(site).timezone
    if as_json:
        from afterclick.words.telling import told

        print_json([told(problem, zone) for problem in found])
    else:
        out.print(tables.problems(found))


def sessions(
    site: SiteOption = "default",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """The newest visits: felt, did, paid."""
    with connect(load()) as connection:
        found = connection.visits(site, limit)
    if as_json:
        print_json(found)
    else:
        out.print(tables.visits(found))


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT; - reads it from standard input.")],
    site: SiteOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Ask the dataset in read-only SQL."""
    text = sys.stdin.read() if sql == "-" else sql
    with connect(load()) as connection:
        table = connection.query(site, text)
    if as_json:
        print_json(table.to_pylist())
    else:
        out.print(tables.arrow(table))
