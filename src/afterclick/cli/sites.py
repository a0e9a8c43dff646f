"""`afterclick sites`: the sites of the installation. Works on the control database, app or no app."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterclick.accounts import Site
from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.cli.members import opened
from afterclick.settings import load

app = typer.Typer(help="List the sites, begin another, change one.", no_args_is_help=True)
out = Console(soft_wrap=True, highlight=False)


@app.command("list")
def list_() -> None:
    """The sites, each with its currency and zone."""
    with opened(load()) as accounts:
        found = accounts.sites.list()
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
) -> None:
    """Begin a site, with its first write key (`afterclick keys list` shows it)."""
    settings = load()
    wanted = Site(site, name or site, currency.upper() or settings.currency, timezone or settings.timezone)
    with opened(settings) as accounts:
        accounts.administration.add_site(THIS_MACHINE, wanted)
    out.print(f"Site {site} has begun; `afterclick keys list --site {site}` shows its first key.")


@app.command()
def change(
    site: Annotated[str, typer.Argument(help="Its id.")],
    name: Annotated[str, typer.Option(help="Another name.")] = "",
    currency: Annotated[str, typer.Option(help="Another currency (ISO 4217).")] = "",
    timezone: Annotated[str, typer.Option(help="Another time zone (IANA).")] = "",
) -> None:
    """Give a site another name, currency or time zone; what is left out stays."""
    with opened(load()) as accounts:
        was = accounts.sites.get(site)
        wanted = Site(site, name or was.name, currency.upper() or was.currency, timezone or was.timezone)
        accounts.administration.change_site(THIS_MACHINE, wanted)
    out.print(f"Site {site} is called {wanted.name}, in {wanted.currency}, its days by {wanted.timezone}.")
