"""`afterclick import`: a file of anything, as events, through the collector; or what would become of it."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from afterclick.api.records import KeyWanted, NewKeyData
from afterclick.cli.connection import connect, quoted
from afterclick.cli.files import FORMATS, events, format_of, opened
from afterclick.cli.left import Left
from afterclick.cli.printed import JsonOption, print_json
from afterclick.cli.rows import batches
from afterclick.cli.sender import Sender, Sent
from afterclick.collect.mapping.mapping import Mapping
from afterclick.errors import InvalidInput
from afterclick.settings import Settings, load

if TYPE_CHECKING:
    from afterclick.collect.rehearsal import Rehearsal

FileArgument = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, readable=True, help="NDJSON, CSV, Parquet, access log or HAR."
    ),
]
SiteOption = Annotated[str, typer.Option("--site", help="Which site.", envvar="AFTERCLICK_SITE")]
KeyOption = Annotated[
    str, typer.Option("--key", help="Write key; default: one made for it.", envvar="AFTERCLICK_KEY")
]
MappingOption = Annotated[
    Path | None,
    typer.Option("--mapping", exists=True, dir_okay=False, help="TOML: which column is which field."),
]
FormatOption = Annotated[
    str, typer.Option("--format", help=f"{', '.join(FORMATS)}; default: by the ending.", show_default=False)
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Send nothing; show what would become of it.")]

Take = Callable[[list[bytes]], None]

out = Console()


def import_file(
    file: FileArgument,
    site: SiteOption = "default",
    key: KeyOption = "",
    mapping: MappingOption = None,
    form: FormatOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Send a file through the collector as events; times are taken as given."""
    settings, left = load(), Left()
    form = format_of(file, form)
    mapped = Mapping.read(mapping.read_text(encoding="utf-8"), mapping.name) if mapping else None
    if dry_run:
        from afterclick.collect.rehearsal import Rehearsal

        rehearsal = Rehearsal(settings, site)
        _pass(file, form, mapped, left, rehearsal.add)
        _check_any(file, rehearsal.kept or rehearsal.dropped or left.rows)
        _show(rehearsal, left, as_json)
        return
    sent = _send(settings, site, key, file, form, mapped, left)
    _check_any(file, sent.accepted or sent.reasons or left.rows)
    _tell(sent, left, as_json)
    if not sent.accepted and "duplicate" not in sent.reasons:
        raise InvalidInput(f"No event of {file.name} was accepted; see the fields in docs/collect.md.")


def _check_any(file: Path, found: object) -> None:
    if not found:
        raise InvalidInput(f"{file.name} holds no event: it is empty, or a head with nothing beneath it.")


def _tell(sent: Sent, left: Left, as_json: bool) -> None:
    dropped, examples = sent.dropped + left.lost, left.examples | sent.examples
    counts = left.rows + sent.reasons
    if as_json:
        print_json({"accepted": sent.accepted, "dropped": dropped, "counts": counts, "reasons": examples})
        return
    out.print(f"{sent.accepted:,} events accepted, {dropped:,} dropped.")
    _list(counts, examples)


def _list(counts: Counter[str], examples: dict[str, str]) -> None:
    """Each reason with how many there were of it, the most first, and one example; some keep the row."""
    for reason, rows in counts.most_common():
        out.print(f"  {rows:,} {reason}: {examples.get(reason, '')}", markup=False)


def _send(
    settings: Settings, site: str, key: str, file: Path, form: str, mapping: Mapping | None, left: Left
) -> Sent:
    sent = Sent()
    with connect(settings) as api:
        wanted = KeyWanted(f"import {file.name}", ("historical",))
        own = "" if key else api.post("/keys", NewKeyData, wanted, site=site).secret
        sender = Sender(settings, key or own)
        try:
            _pass(file, form, mapping, left, lambda batch: _deliver(sender, batch, left, sent))
            sender.tell(left.untold())
        finally:
            sender.close()
            if own:
                api.send("DELETE", f"/keys/{quoted(own)}", site=site)
    return sent


def _deliver(sender: Sender, batch: list[bytes], left: Left, sent: Sent) -> None:
    """Send a batch, and what was left out until then: an import that is cut off has counted what it did."""
    sent.add(sender.send(batch))
    sender.tell(left.untold())


def _pass(file: Path, form: str, mapping: Mapping | None, left: Left, take: Take) -> None:
    """Hand the events of the file over in batches, showing how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress, opened(file) as (content, position):
        task = progress.add_task(file.name, total=file.stat().st_size)
        try:
            for batch in batches(events(content, form, mapping, left)):
                take(batch)
                progress.update(task, completed=position())
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InvalidInput(f"{file.name} is no whole gzip file: {error}.") from error


def _show(rehearsal: Rehearsal, left: Left, as_json: bool) -> None:
    examples, counts = left.examples | rehearsal.examples, Counter(left.rows)
    counts.update(rehearsal.dropped)
    dropped = rehearsal.lost + left.lost
    if as_json:
        first = [msgspec.Raw(line.encode()) for line in _records(rehearsal)]
        print_json(
            {
                "accepted": rehearsal.kept,
                "dropped": dropped,
                "counts": counts,
                "reasons": examples,
                "first": first,
            }
        )
        return
    for line in _records(rehearsal):
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    out.print(f"{rehearsal.kept:,} events would be accepted, {dropped:,} dropped. Nothing was sent.")
    _list(counts, examples)


def _records(rehearsal: Rehearsal) -> Iterator[str]:
    """The first events as they would be kept, without what is the same for all."""
    for record in rehearsal.first:
        told: dict[str, object] = msgspec.to_builtins(record)
        yield msgspec.json.encode({n: v for n, v in told.items() if n not in ("site", "received")}).decode()
