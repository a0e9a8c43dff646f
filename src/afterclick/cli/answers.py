"""`afterclick problems`, `sessions` and `query`: what the dataset answers."""

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from afterclick.cli import tables
from afterclick.cli.connection import ARROW, Rows, connect
from afterclick.cli.printed import JsonOption, print_json
from afterclick.cli.shown import ShownProblem, ShownSite, ShownVisit
from afterclick.settings import load

SiteOption = Annotated[str, typer.Option("--site", help="Which site.", envvar="AFTERCLICK_SITE")]

out = Console()


class _Visits(msgspec.Struct):
    visits: msgspec.Raw


def problems(site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """What loses money, most first."""
    with connect(load()) as api:
        found = api.get("/problems", msgspec.Raw, site=site)
        zone = api.get("/site", ShownSite, site=site).timezone
    if as_json:
        print_json(found)
    else:
        out.print(tables.problems(msgspec.json.decode(found, type=list[ShownProblem]), zone))


def sessions(
    site: SiteOption = "default",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """The newest visits: felt, did, paid."""
    with connect(load()) as api:
        found = api.get("/visits", _Visits, site=site, period="30d", limit=str(limit)).visits
        zone = api.get("/site", ShownSite, site=site).timezone
    if as_json:
        print_json(found)
    else:
        out.print(tables.visits(msgspec.json.decode(found, type=list[ShownVisit]), zone))


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT; - reads it from standard input.")],
    site: SiteOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Ask the dataset in read-only SQL."""
    text = sys.stdin.read() if sql == "-" else sql
    with connect(load()) as api:
        if as_json:
            print_json(api.post("/query", Rows, text, site=site))
            return
        import pyarrow as pa

        answer = api.send("POST", "/query", text, accept=ARROW, site=site)
    with pa.ipc.open_stream(answer.content) as reader:
        out.print(tables.arrow(reader.read_all()))
