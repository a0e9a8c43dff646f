"""`afterclick customers`: part what was wrongly taken for one person."""

from typing import Annotated

import typer
from rich.console import Console

from afterclick.api.records import Link
from afterclick.cli.connection import connect
from afterclick.cli.printed import JsonOption, print_json
from afterclick.settings import load

app = typer.Typer(help="Part or join again what belongs to one person.", no_args_is_help=True)
out = Console()

NodeArgument = Annotated[str, typer.Argument(help="device:ID, user:ID or email:SHA256.")]
SiteOption = Annotated[str, typer.Option("--site", help="Which site.", envvar="AFTERCLICK_SITE")]


@app.command()
def part(
    one: NodeArgument, other: NodeArgument, site: SiteOption = "default", as_json: JsonOption = False
) -> None:
    """Let the link between two nodes count no more, for past visits too."""
    with connect(load()) as api:
        api.send("POST", "/customers/parted", Link(one, other), site=site)
    if as_json:
        print_json({"one": one, "other": other, "parted": True})
    else:
        out.print("Parted; pages follow within seconds.", highlight=False)


@app.command()
def join(
    one: NodeArgument, other: NodeArgument, site: SiteOption = "default", as_json: JsonOption = False
) -> None:
    """Let a parted link count again."""
    with connect(load()) as api:
        api.send("POST", "/customers/joined", Link(one, other), site=site)
    if as_json:
        print_json({"one": one, "other": other, "parted": False})
    else:
        out.print("Joined again; pages follow within seconds.", highlight=False)
