"""`afterclick rates`: the rates of exchange that a site states."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterclick.api.body import LARGEST, decoded
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

_SAID = 20
"""Wrong lines that are told one by one."""

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
    taken = ShownTaken(0, 0, 0, ())
    with connect(load()) as api:
        for after, piece in _pieces(_read(file)):
            try:
                kept = api.post("/rates/file", ShownTaken, piece, site=site, after=str(after))
            except InvalidInput as error:
                if not after:
                    raise
                raise InvalidInput(f"{error} {taken.kept:,} rates of the lines before are kept.") from error
            taken = _together(taken, kept)
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
        return decoded(file.read_bytes())
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read ({error.strerror}); check the name.") from error


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The file in pieces that one request takes, each after how many of its lines; all begin with its head."""
    lines = text.splitlines(keepends=True)
    head = next((line for line in lines if line.strip()), "")
    again = "" if head.lstrip(' "')[:1].isdigit() else f"{head.rstrip()}\n"
    after, piece, size = 0, list[str](), len(again.encode())
    for number, line in enumerate(lines):
        more = len(line.encode())
        if piece and size + more > LARGEST:
            yield after, "".join(piece)
            after, piece, size = number - bool(again), [again], len(again.encode())
        piece.append(line)
        size += more
    yield after, "".join(piece)


def _together(one: ShownTaken, other: ShownTaken) -> ShownTaken:
    refused = (*one.refused, *other.refused)[:_SAID]
    return ShownTaken(one.kept + other.kept, one.older + other.older, one.wrong + other.wrong, refused)


def _say(taken: ShownTaken) -> None:
    for sentence in taken.refused:
        out.print(sentence)
    if taken.wrong > len(taken.refused):
        out.print(f"And {taken.wrong - len(taken.refused):,} more.")
    older = f"{taken.older:,} of days before all that is kept left out" if taken.older else ""
    if taken.kept:
        out.print(f"{taken.kept:,} rates kept{older and f', {older}'}; totals follow within half a minute.")
    else:
        out.print(f"No rate is kept{older and f': {older}'}.")
