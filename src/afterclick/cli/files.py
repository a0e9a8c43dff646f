"""Files as events for the collector: NDJSON, CSV, Parquet, access logs and HAR, with or without a mapping."""

import gzip
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import msgspec

from afterclick.cli import access_log, har, separated
from afterclick.cli.left import Left
from afterclick.cli.rows import cells, check_columns
from afterclick.collect.event.flat import text
from afterclick.collect.mapping.mapping import Mapping
from afterclick.collect.mapping.value import Unmapped
from afterclick.collect.passage.salvage import object_of
from afterclick.errors import InvalidInput

FORMATS = ("ndjson", "csv", "parquet", "access", "har")
_ENDINGS = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".csv": "csv",
    ".parquet": "parquet",
    ".log": "access",
    ".har": "har",
}
_GROUP = 10_000  # rows of a Parquet file in memory at once

Row = dict[str, object]


def format_of(path: Path, told: str) -> str:
    """Which format a file is read as; `told` overrules its ending. Raises InvalidInput."""
    if told:
        if told not in FORMATS:
            raise InvalidInput(f"There is no format {told!r}; known: {', '.join(FORMATS)}.")
        return told
    name = path.name.removesuffix(".gz")
    ending = Path(name).suffix
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if "access" in name:  # access.log.1, access_log
        return "access"
    raise InvalidInput(
        f"The ending of {path.name} tells no format; name it with --format: {', '.join(FORMATS)}."
    )


@contextmanager
def opened(path: Path) -> Generator[tuple[IO[bytes], Callable[[], int]]]:
    """The content of a file, gzip undone, and how far into the file itself it was read."""
    with path.open("rb") as raw:
        if path.suffix == ".gz":
            with gzip.open(raw) as content:
                yield cast("IO[bytes]", content), raw.tell
        else:
            yield raw, raw.tell


def events(file: IO[bytes], form: str, mapping: Mapping | None, left: Left) -> Iterator[bytes]:
    """Each event of the file as one JSON line, in order; rows that are left out are counted.

    Raises InvalidInput when the file is not of the format.
    """
    if mapping is None and form == "ndjson":
        yield from (line for raw in file if (line := raw.strip()))
    elif form == "har":
        yield from (
            map(_line, har.events(file, left))
            if mapping is None
            else _mapped(_har_rows(file, left), mapping, left)
        )
    elif mapping is not None:
        yield from _mapped(_rows(file, form, left), mapping, left)
    elif form == "access":
        yield from (
            _line(told) for row in access_log.rows(file, left) if (told := access_log.event(row, left))
        )
    else:
        yield from (_line(cells(row)) for row in _rows(file, form, left))


def _mapped(rows: Iterator[Row], mapping: Mapping, left: Left) -> Iterator[bytes]:
    for row in rows:
        try:
            told = mapping.event(row)
            yield _line(told if "id" in told or "id" not in row else told | {"id": row["id"]})
        except Unmapped as error:
            left.add("unmapped", str(error))


def _rows(file: IO[bytes], form: str, left: Left) -> Iterator[Row]:
    if form == "csv":
        return separated.rows(file, left)
    if form == "parquet":
        return _parquet(file)
    return access_log.rows(file, left) if form == "access" else _ndjson(file, left)


def _parquet(file: IO[bytes]) -> Iterator[Row]:
    import pyarrow as pa  # only who has such a file waits for these
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as error:
        why = " ".join(str(error).split()).rstrip(".")
        raise InvalidInput(f"The file is no Parquet: {why}.") from error
    check_columns(table.schema_arrow.names)
    for batch in table.iter_batches(_GROUP):  # pyright: ignore[reportUnknownMemberType] - lists of anything
        for row in batch.to_pylist():
            yield {name: value for name, value in row.items() if value is not None}


def _ndjson(file: IO[bytes], left: Left) -> Iterator[Row]:
    for raw in file:
        if line := raw.strip():
            try:
                yield object_of(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                left.add("malformed", f"Not readable as a JSON object: {error}.")


def _har_rows(file: IO[bytes], left: Left) -> Iterator[Row]:
    """Entries as they are; a mapping names places in them such as `request.url`."""
    for entry in har.read_log(file, left).entries or ():
        try:
            yield object_of(entry)
        except (msgspec.DecodeError, RecursionError) as error:
            left.add("malformed", f"Not readable as an entry of a HAR: {error}.")


def _line(event: Row) -> bytes:
    return msgspec.json.encode(
        {name: value for name, value in event.items() if value is not None}, enc_hook=text
    )
