"""Records as Arrow: the shape in which they enter the engine, made of the records of their tables.

Ids travel as the Arrow UUID type and times as UTC milliseconds, which is what the engine reads without parsing text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from afterclick.errors import InvalidInput
from afterclick.signals import Event, Record, Span
from afterclick.store.schema import catalogue
from afterclick.store.schema.table import SUM, TEXT, TIME, UUID, Table
from afterclick.store.spool.batch import KINDS, Kind

_PLAIN: dict[str, pa.DataType] = {
    "Bool": pa.bool_(),
    "Float32": pa.float32(),
    "Float64": pa.float64(),
    "Int32": pa.int32(),
    "UInt8": pa.uint8(),
    "UInt16": pa.uint16(),
    "UInt64": pa.uint64(),
    SUM: pa.decimal128(18, 4),
    TEXT: pa.string(),
    TIME: pa.timestamp("ms", tz="UTC"),
    UUID: pa.uuid(),
}
_AROUND = re.compile(r"(Array|LowCardinality|Nullable)\((.*)\)")


def arrow_type(sql: str) -> pa.DataType:
    """What a column of that type travels as; raises KeyError for a type that no record has."""
    if around := _AROUND.fullmatch(sql):
        inner = arrow_type(around[2])
        return pa.list_(inner) if around[1] == "Array" else inner
    return _PLAIN[sql]


def _schema(table: Table) -> pa.Schema:
    return pa.schema([(column.name, arrow_type(column.type)) for column in table.columns])


def _kinds() -> Iterator[tuple[Kind, Table, type[Record]]]:
    for kind in KINDS:
        table = catalogue.table(kind)
        if table.record is None:
            raise TypeError(f"The table {kind} says no record that the drain could bring to it.")
        yield kind, table, table.record


SCHEMAS: dict[Kind, pa.Schema] = {kind: _schema(table) for kind, table, _ in _kinds()}
"""The columns of each kind's table: the fields of its record, but those of `Event` that are never stored."""
STRUCTS: dict[Kind, type[Record]] = {kind: record for kind, _, record in _kinds()}
EVENTS, SPANS, SAMPLES, LOGS = (SCHEMAS[kind] for kind in KINDS)


def events_table(events: Sequence[Event]) -> pa.Table:
    """The events as one Arrow table in the shape of `EVENTS`.

    Raises InvalidInput when a value does not fit its column (an id that is no UUID, a time or sum out of range).
    """
    return records_table("events", events)


def spans_table(spans: Sequence[Span]) -> pa.Table:
    """The spans as one Arrow table in the shape of `SPANS`.

    Raises InvalidInput when a value does not fit its column.
    """
    return records_table("spans", spans)


def records_table(kind: Kind, records: Sequence[Record]) -> pa.Table:
    """Records of one kind as one Arrow table in the shape of their table.

    Raises InvalidInput when a value does not fit its column.
    """
    schema = SCHEMAS[kind]
    if not records:
        return schema.empty_table()
    columns = zip(*map(msgspec.structs.astuple, records), strict=True)
    by_name = dict(zip(STRUCTS[kind].__struct_fields__, columns, strict=True))
    names_and_types = zip(schema.names, schema.types, strict=True)
    try:
        return pa.Table.from_arrays(
            [_column(by_name[name], kind) for name, kind in names_and_types], schema=schema
        )
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError, UnicodeEncodeError) as error:
        raise InvalidInput(f"A record does not fit its table: {error}.") from error


def _column(values: Sequence[Any], kind: pa.DataType) -> "pa.Array[Any]":
    if kind == pa.uuid():
        return _uuids(values)
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    if pa.types.is_decimal(kind):
        return pc.round(pa.array(values, pa.float64()), ndigits=4).cast(kind)
    return pa.array(values, kind)


def _uuids(values: Iterable[str]) -> "pa.Array[Any]":
    # One pass over all the hex digits: parsing id by id costs ten times as much.
    digits = [value.replace("-", "") for value in values]
    if any(len(value) != 32 for value in digits):
        raise ValueError("an id is not a UUID")
    return uuid_array(bytes.fromhex("".join(digits)))


def uuid_array(raw: bytes) -> "pa.Array[Any]":
    """The UUIDs whose 16 bytes each follow one another in `raw`."""
    storage = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(raw) // 16, [None, pa.py_buffer(raw)])
    return cast("pa.Array[Any]", pa.ExtensionArray.from_storage(pa.uuid(), storage))  # pyright: ignore[reportUnknownMemberType]


def uuid_bytes(column: "pa.ChunkedArray[Any]") -> NDArray[np.uint8]:
    """The reverse for a column of a table, to be written to: shape (rows, 16)."""
    chunks = cast("list[pa.ExtensionArray[Any]]", column.chunks)
    storages = [cast("pa.FixedSizeBinaryArray", chunk.storage) for chunk in chunks]
    raw = b"".join(
        cast("pa.Buffer", storage.buffers()[1]).to_pybytes()[
            16 * storage.offset : 16 * (storage.offset + len(storage))
        ]
        for storage in storages
    )
    return np.frombuffer(bytearray(raw), np.uint8).reshape(-1, 16)
