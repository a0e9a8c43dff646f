"""`afterclick privacy`: a person's records shown, exported and erased; and what a site keeps of anybody."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from afterclick.api.records import Lifted, RequestData, Who
from afterclick.cli.connection import Api, connect, quoted
from afterclick.cli.printed import JsonOption, print_json
from afterclick.cli.shown import ShownPerson
from afterclick.errors import InvalidInput
from afterclick.settings import load

_POLL_S = 0.3

app = typer.Typer(
    help="Show, export or erase the records of one person; decide what a site keeps.", no_args_is_help=True
)
out = Console()

WhoArgument = Annotated[
    str,
    typer.Argument(
        metavar="PERSON", help="A user id, device id or e-mail address; or user:ID, device:ID, email:SHA256."
    ),
]
SiteOption = Annotated[str, typer.Option("--site", help="Which site.", envvar="AFTERCLICK_SITE")]


Rules = dict[str, bool | int | str | list[str]]
"""What a site keeps of anybody: the answer of `/privacy/rules`, as it is."""


@app.command()
def find(who: WhoArgument, site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """How many records of a person there are, by table."""
    with connect(load()) as api:
        answer = api.post("/privacy/find", msgspec.Raw, Who(who), site=site)
    if as_json:
        print_json(answer)
        return
    found = msgspec.json.decode(answer, type=ShownPerson)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("table")
    table.add_column("records", justify="right")
    for name, rows in found.records.items():
        table.add_row(name, f"{rows:,}")
    out.print(table if found.records else "There is no record of this person.")
    if found.kept_away:
        out.print("They were erased before; new records of theirs are dropped.")


@app.command()
def export(
    who: WhoArgument,
    to: Annotated[Path, typer.Option("--to", help="The ZIP archive to write.")] = Path("person.zip"),
    site: SiteOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Write all records of a person to a ZIP archive: a file of JSON lines for each table, and an index."""
    _make(to)
    try:
        with connect(load()) as api, to.open("wb") as out_file:
            with api.stream("POST", "/privacy/export", Who(who), site=site) as archive:
                for block in archive.iter_bytes():
                    out_file.write(block)
            done = api.get(
                archive.headers["content-location"].removeprefix("/api/v1"), RequestData, site=site
            )
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    if as_json:
        print_json(done)
        return
    out.print(f"Wrote {to}: {sum(done.records.values()):,} records.", highlight=False, soft_wrap=True)


@app.command()
def erase(
    who: WhoArgument,
    site: SiteOption = "default",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase all records of a person, and keep late ones away. There is no way back."""
    with connect(load()) as api:
        if not yes:
            found = api.post("/privacy/find", ShownPerson, Who(who), site=site)
            total = sum(found.records.values())
            typer.confirm(f"Erase {total:,} records of this person for good?", abort=True, err=as_json)
        last = asked = api.post("/privacy/erase", RequestData, Who(who), site=site)
        for last in _erased(api, site, asked):
            if not as_json and last.status != "done":
                waits = f"; {last.message}" if last.message else ""
                out.print(f"{last.step + 1:>2}/{last.steps}  {last.doing}{waits}")
    if as_json:
        print_json(last)
    else:
        out.print(f"Erased {sum(last.records.values()):,} records; late ones are dropped.", highlight=False)


@app.command()
def allow(who: WhoArgument, site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """Let an erased person's ids come in again. Nothing that is gone comes back."""
    with connect(load()) as api:
        lifted = api.post("/privacy/allow", Lifted, Who(who), site=site)
    if as_json:
        print_json(lifted)
        return
    out.print("New records are kept again." if lifted.ids else "No id of theirs was kept away.")


@app.command()
def requests(site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """Exports and erasures that were asked for, newest first."""
    from afterclick.words import figures

    zone = load().timezone
    with connect(load()) as api:
        asked = api.get("/privacy/requests", list[RequestData], site=site)
    if as_json:
        print_json(asked)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("asked", "what", "about", "by", "records", "state"):
        table.add_column(column)
    for one in asked:
        state = (
            "done" if one.status == "done" else f"step {one.step + 1} of {one.steps} {one.message}".strip()
        )
        records = f"{sum(one.records.values()):,}"
        table.add_row(figures.stamp(one.asked, zone), one.kind, one.about, one.asked_by, records, state)
    out.print(table if asked else "Nothing was asked for yet.")


def _listed(text: str | None) -> list[str] | None:
    return None if text is None else [one for raw in text.split(",") if (one := raw.strip())]


@app.command()
def settings(
    site: SiteOption = "default",
    retention_days: Annotated[
        int | None, typer.Option(help="Days to keep records; 0: as the installation.")
    ] = None,
    without_consent: Annotated[str | None, typer.Option(help="keep, anonymise or drop.")] = None,
    honour_signals: Annotated[bool | None, typer.Option(help="Heed GPC and Do Not Track.")] = None,
    place: Annotated[str | None, typer.Option(help="The finest place kept: region, country or none.")] = None,
    kept_query: Annotated[
        str | None, typer.Option(help="Parameters of addresses that are kept, by commas.")
    ] = None,
    internal_networks: Annotated[
        str | None,
        typer.Option(help="Networks of the site's own people, whose visits do not count, by commas."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a site keeps, or change it."""
    given = {
        "retention_days": retention_days,
        "without_consent": without_consent,
        "honour_signals": honour_signals,
        "place": place,
        "kept_query": _listed(kept_query),
        "internal_networks": _listed(internal_networks),
    }
    with connect(load()) as api:
        rules = api.get("/privacy/rules", Rules, site=site)
        changed = rules | {name: value for name, value in given.items() if value is not None}
        if changed != rules:
            api.send("PUT", "/privacy/rules", changed, site=site)
    if as_json:
        print_json(changed)
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in changed.items():
        shown = ", ".join(value) if isinstance(value, list) else str(value)
        table.add_row(name.replace("_", " "), shown)
    out.print(table)


def _erased(api: Api, site: str, last: RequestData) -> Iterator[RequestData]:
    """The request, and again whenever it has moved on, until it is done."""
    yield last
    while last.status != "done":
        time.sleep(_POLL_S)
        now = api.get(f"/privacy/requests/{quoted(last.id)}", RequestData, site=site)
        if now != last:
            yield now
        last = now


def _make(to: Path) -> None:
    """An empty file that only its owner can read."""
    try:
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise InvalidInput(
            f"{to} cannot be written ({error.strerror}); choose another name with --to."
        ) from error
