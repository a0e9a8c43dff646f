"""`afterclick rates`: the rates of exchange that a site states."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterclick.api.records import RateWanted
from afterclick.cli.connection import connect, quoted
from afterclick.cli.printed import JsonOption, print_json
from afterclick.cli.shown import ShownRates, ShownTaken
from afterclick.errors import InvalidInput
from afterclick.settings import load

app = typer.Typer(
    help="State rates of exchange, by which a site's totals are converted.", no_args_is_help=True
)
out = Console(soft_wrap=True, highlight=False, markup=False)

SiteOption = Annotated[str, typer.Option("--site", help="Which site.", envvar="AFTERCLICK_SITE")]
CurrencyArgument = Annotated[str, typer.Argument(help="ISO 4217, such as USD.")]


@app.command("list")
def list_(site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """What the site states, by currency."""
    with connect(load()) as api:
        found = api.get("/rates", list[ShownRates], site=site)
    if as_json:
        print_json(found)
        return
    table = Table(
        "currency", "newest rate", "of", "since", "rates", box=None, header_style="bold", pad_edge=False
    )
    for one in found:
        table.add_row(one.currency, f"{one.newest} {one.into}", one.until, one.since, f"{one.rates:,}")
    out.print(table if found else "No rate is stated: orders in other currencies are told apart.")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV of the European Central Bank (eurofxref), or date,currency,rate.")
    ],
    site: SiteOption = "default",
    as_json: JsonOption = False,
) -> None:
    """State the rates of a file; each takes the place of one of the same day and currency."""
    text = _read(file)
    with connect(load()) as api:
        taken = api.post("/rates/file", ShownTaken, text, site=site)
    if as_json:
        print_json(taken)
    else:
        _say(taken)
    if not taken.kept:
        raise typer.Exit(1)


@app.command("set")
def set_(
    currency: CurrencyArgument,
    rate: Annotated[
        str, typer.Argument(help="What 1 of it is worth in the site's currency, such as 0.9213.")
    ],
    date: Annotated[str, typer.Option(help="Of which day, YYYY-MM-DD; default: today at the site.")] = "",
    site: SiteOption = "default",
    as_json: JsonOption = False,
) -> None:
    """State one rate."""
    with connect(load()) as api:
        api.send("PUT", "/rates", RateWanted(currency, rate, date), site=site)
    if as_json:
        print_json({"currency": currency, "rate": rate, "date": date or None})
    else:
        out.print(
            f"1 {currency.upper()} is {rate} of the currency of {site}; totals follow within half a minute."
        )


@app.command()
def forget(currency: CurrencyArgument, site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """Delete the rates of a currency: totals tell it apart again."""
    with connect(load()) as api:
        api.send("DELETE", f"/rates/{quoted(currency)}", site=site)
    if as_json:
        print_json({"currency": currency, "forgotten": True})
    else:
        out.print(f"Forgotten; orders in {currency.upper()} are told apart within half a minute.")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read ({error.strerror}); check the name.") from error


def _say(taken: ShownTaken) -> None:
    for sentence in taken.refused:
        out.print(sentence)
    if taken.wrong > len(taken.refused):
        out.print(f"And {taken.wrong - len(taken.refused):,} more.")
    older = f", {taken.older:,} of days before all that is kept left out" if taken.older else ""
    out.print(f"{taken.kept:,} rates kept{older}; totals follow within half a minute.")
