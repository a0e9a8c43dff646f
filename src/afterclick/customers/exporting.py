"""One person's records as a ZIP archive: a file of JSON lines for each place, and an index that says what each is."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import BinaryIO

import msgspec

from afterclick.store.erasure import SEARCHED, PersonIds, PersonTables, SpooledRows
from afterclick.store.schema.catalogue import TABLES

_ENCODER = msgspec.json.Encoder(enc_hook=str)
_WORDS = {table.name: table.people.holds for table in TABLES if table.people}
_WAITING = {
    "waiting": "records that were received and are not stored yet",
    "refused": "records that could not be stored",
}


def write_zip(
    out: BinaryIO, person: PersonIds, tables: PersonTables, waiting: SpooledRows, now: int
) -> dict[str, int]:
    """Write all records of the person to `out`, which can be sought in; how many there are of each place.

    `now` (UTC ms) dates it.
    """
    counts: dict[str, int] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in SEARCHED:
            rows = tables.rows(person, table)
            if rows.num_rows:
                counts[table] = rows.num_rows
                batches = (batch.to_pylist() for batch in rows.to_batches(max_chunksize=10_000))
                _write(archive, table, (_ENCODER.encode(row) for batch in batches for row in batch))
        counts |= _write_waiting(archive, person, waiting)
        archive.writestr("person.json", msgspec.json.format(_ENCODER.encode(person), indent=2))
        archive.writestr("index.txt", _index(person, counts, now))
    return counts


def _write_waiting(archive: zipfile.ZipFile, person: PersonIds, waiting: SpooledRows) -> dict[str, int]:
    lines: dict[str, list[bytes]] = {}
    for place, line in waiting.rows(person):
        lines.setdefault(place, []).append(line.encode())
    for place, found in lines.items():
        _write(archive, place, found)
    return {place: len(found) for place, found in lines.items()}


def _write(archive: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> None:
    with archive.open(f"{name}.ndjson", "w") as file:
        for line in lines:
            file.write(line + b"\n")


def _index(person: PersonIds, counts: Mapping[str, int], now: int) -> str:
    return "\n".join(_said(person, counts, now)) + "\n"


def _said(person: PersonIds, counts: Mapping[str, int], now: int) -> Iterator[str]:
    day = f"{datetime.fromtimestamp(now / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    yield f"Records of one person at the site {person.site}, taken on {day}."
    yield ""
    yield "Known by:"
    named = (
        ("user id", person.users),
        ("device id", person.devices),
        ("SHA-256 of an e-mail address", person.emails),
    )
    for what, ids in named:
        yield from (f"  {what}: {id}" for id in ids)
    yield ""
    yield "Each .ndjson file holds one record a line, as JSON; times are UTC."
    for name, rows in counts.items():
        first = name.partition("_")[0]
        words = _WORDS.get(name) or _WAITING.get(first, "")
        yield f"  {name}.ndjson  {rows:,} {'record' if rows == 1 else 'records'}: {words}"
    if not counts:
        yield "  There is none."
    yield ""
    yield "person.json lists every id by which these records were found."
