"""`afterclick sites`: the sites of the installation."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterclick.api.records import SiteWanted
from afterclick.cli.connection import connect
from afterclick.cli.printed import JsonOption, print_json
from afterclick.cli.shown import ShownSite
from afterclick.settings import load

app = typer.Typer(help="List the sites, begin another, change one.", no_args_is_help=True)
out = Console(soft_wrap=True, highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """The sites, each with its currency and zone."""
    with connect(load()) as api:
        found = api.get("/sites", list[ShownSite])
    if as_json:
        print_json(found)
        return
    table = Table("id", "name", "currency", "time zone", box=None, header_style="bold", pad_edge=False)
    for site in found:
        table.add_row(site.id, site.name, site.currency, site.timezone)
    out.print(table)


@app.command()
def add(
    site: Annotated[str, typer.Argument(help="Its id, for keys and addresses; it cannot be changed.")],
    name: Annotated[str, typer.Option(help="Its name; default: the id.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217; default: AFTERCLICK_CURRENCY.")] = "",
    timezone: Annotated[str, typer.Option(help="IANA name; default: AFTERCLICK_TIMEZONE.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Begin a site, with its first write key (`afterclick keys list` shows it)."""
    with connect(load(), beginning=True) as api:
        begun = api.post("/sites", ShownSite, SiteWanted(site, name, currency, timezone))
    if as_json:
        print_json(begun)
    else:
        out.print(f"Site {site} has begun; `afterclick keys list --site {site}` shows its first key.")


@app.command()
def change(
    site: Annotated[str, typer.Argument(help="Its id.")],
    name: Annotated[str, typer.Option(help="Another name.")] = "",
    currency: Annotated[str, typer.Option(help="Another currency (ISO 4217).")] = "",
    timezone: Annotated[str, typer.Option(help="Another time zone (IANA).")] = "",
    return_host: Annotated[
        list[str] | None,
        typer.Option(help="A host from which customers only come back; once for each, none to name none."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Give a site another name, currency, time zone or hosts to come back from; what is left out stays."""
    hosts = None if return_host is None else tuple(host for host in return_host if host != "none")
    with connect(load()) as api:
        now = api.put("/site", ShownSite, SiteWanted(site, name, currency, timezone, hosts), site=site)
    if as_json:
        print_json(now)
    else:
        out.print(f"Site {site} is called {now.name}, in {now.currency}, its days by {now.timezone}.")
