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

from afterclick.accounts.site_privacy import SiteRules
from afterclick.api.records import Lifted, Who
from afterclick.cli.connection import Api, connect, quoted
from afterclick.customers.erasing import STEPS
from afterclick.customers.privacy import Found
from afterclick.customers.requests import Request
from afterclick.errors import InvalidInput
from afterclick.settings import load
from afterclick.words import figures

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


@app.command()
def find(who: WhoArgument, site: SiteOption = "default") -> None:
    """How many records of a person there are, by table."""
    with connect(load()) as api:
        found = api.post("/privacy/find", Found, Who(who), site=site)
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
) -> None:
    """Write all records of a person to a ZIP archive: a file of JSON lines for each table, and an index."""
    _make(to)
    try:
        with connect(load()) as api, to.open("wb") as out_file:
            with api.stream("POST", "/privacy/export", Who(who), site=site) as archive:
                for block in archive.iter_bytes():
                    out_file.write(block)
            done = api.get(archive.headers["content-location"].removeprefix("/api/v1"), Request, site=site)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    out.print(f"Wrote {to}: {sum(done.records.values()):,} records.", highlight=False, soft_wrap=True)


@app.command()
def erase(
    who: WhoArgument,
    site: SiteOption = "default",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase all records of a person, and keep late ones away. There is no way back."""
    with connect(load()) as api:
        if not yes:
            found = api.post("/privacy/find", Found, Who(who), site=site)
            typer.confirm(f"Erase {found.total:,} records of this person for good?", abort=True)
        said: tuple[int, str] | None = None
        last: Request | None = None
        for last in _erased(api, site, who):
            if last.status != "done" and said != (last.step, last.message):
                said = last.step, last.message
                words = STEPS[min(last.step, len(STEPS) - 1)].words
                out.print(
                    f"{last.step + 1:>2}/{len(STEPS)}  {words}{'; ' + last.message if last.message else ''}"
                )
    if last is not None:
        out.print(f"Erased {sum(last.records.values()):,} records; late ones are dropped.", highlight=False)


@app.command()
def allow(who: WhoArgument, site: SiteOption = "default") -> None:
    """Let an erased person's ids come in again. Nothing that is gone comes back."""
    with connect(load()) as api:
        lifted = api.post("/privacy/allow", Lifted, Who(who), site=site).ids
    out.print("New records are kept again." if lifted else "No id of theirs was kept away.")


@app.command()
def requests(site: SiteOption = "default") -> None:
    """Exports and erasures that were asked for, newest first."""
    zone = load().timezone
    with connect(load()) as api:
        asked = api.get("/privacy/requests", list[Request], site=site)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("asked", "what", "about", "by", "records", "state"):
        table.add_column(column)
    for one in asked:
        state = (
            "done" if one.status == "done" else f"step {one.step + 1} of {len(STEPS)} {one.message}".strip()
        )
        records = f"{sum(one.records.values()):,}"
        table.add_row(figures.stamp(one.asked, zone), one.kind, one.about, one.asked_by, records, state)
    out.print(table if asked else "Nothing was asked for yet.")


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
) -> None:
    """Show what a site keeps, or change it."""
    with connect(load()) as api:
        rules = api.get("/privacy/rules", SiteRules, site=site)
        changed = _changed(rules, retention_days, without_consent, honour_signals, place, kept_query)
        if changed != rules:
            api.send("PUT", "/privacy/rules", changed, site=site)
    table = Table(box=None, show_header=False, pad_edge=False)
    shown = {name: getattr(changed, name) for name in changed.__struct_fields__}
    for name, value in (shown | {"kept_query": ", ".join(changed.kept_query)}).items():
        table.add_row(name.replace("_", " "), str(value))
    out.print(table)


def _erased(api: Api, site: str, who: str) -> Iterator[Request]:
    """Have them erased; yields the request whenever it has moved on, until it is done."""
    last = api.post("/privacy/erase", Request, Who(who), site=site)
    yield last
    while last.status != "done":
        time.sleep(_POLL_S)
        now = api.get(f"/privacy/requests/{quoted(last.id)}", Request, site=site)
        if now != last:
            yield now
        last = now


def _changed(
    rules: SiteRules,
    retention_days: int | None,
    without_consent: str | None,
    honour_signals: bool | None,
    place: str | None,
    kept_query: str | None,
) -> SiteRules:
    given = {
        "retention_days": retention_days,
        "without_consent": without_consent,
        "honour_signals": honour_signals,
        "place": place,
        "kept_query": None
        if kept_query is None
        else [one.strip() for one in kept_query.split(",") if one.strip()],
    }
    wanted = msgspec.to_builtins(rules) | {name: value for name, value in given.items() if value is not None}
    try:
        return msgspec.convert(wanted, SiteRules)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"This cannot be set: {error}.") from error


def _make(to: Path) -> None:
    """An empty file that only its owner can read."""
    try:
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise InvalidInput(
            f"{to} cannot be written ({error.strerror}); choose another name with --to."
        ) from error
