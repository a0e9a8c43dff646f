"""Spooled NDJSON as Arrow, whole columns at a time: no row becomes a Python object."""

import io
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import json

from afterclick.store.schema.records import SCHEMAS, STRUCTS
from afterclick.store.spool.batch import Kind

Column: TypeAlias = "pa.ChunkedArray[Any]"

_LONGEST_LINE = 1 << 20
_TEXT_LENGTH = 36
_HYPHENS = (8, 13, 18, 23)
_DIGITS = np.array([i for i in range(_TEXT_LENGTH) if i not in _HYPHENS])
_BAD = 255


def _nibbles() -> NDArray[np.uint8]:
    table = np.full(256, _BAD, np.uint8)
    for digit in "0123456789abcdefABCDEF":
        table[ord(digit)] = int(digit, 16)
    return table


_NIBBLE = _nibbles()


def _wire(kind: pa.DataType) -> pa.DataType:
    """How a column stands in the NDJSON."""
    if kind == pa.uuid():
        return pa.string()
    if pa.types.is_timestamp(kind) or pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_list(kind):
        return pa.list_(_wire(kind.value_type))
    return kind


_SPOOLED = pa.schema([("user_agent", pa.string()), ("session_key", pa.string())])
_SCHEMAS: dict[Kind, pa.Schema] = {**SCHEMAS, "events": pa.unify_schemas([SCHEMAS["events"], _SPOOLED])}


def _fields(kind: Kind) -> list[tuple[str, pa.DataType]]:
    schema = _SCHEMAS[kind]
    return list(zip(schema.names, schema.types, strict=True))


_WIRE = {
    kind: json.ParseOptions(
        explicit_schema=pa.schema([(name, _wire(type_)) for name, type_ in _fields(kind)]),
        unexpected_field_behavior="ignore",
    )
    for kind in _SCHEMAS
}
_DEFAULTS: dict[Kind, dict[str, str | float | bool | list[str] | None]] = {
    kind: {
        field.name: list[str]() if field.default_factory is list else field.default
        for field in msgspec.structs.fields(struct)
        if not field.required
    }
    for kind, struct in STRUCTS.items()
}
# One thread: it costs a fifth less in all, and the other core is inserting meanwhile.
_READ = json.ReadOptions(use_threads=False, block_size=_LONGEST_LINE)


def decode(kind: Kind, bodies: Sequence[bytes]) -> pa.Table:
    """The rows of NDJSON bodies, in their order, with the columns of their table and, for events, those that stand
    in the spool only.

    Fields left out take their defaults. Raises pyarrow.ArrowInvalid when a line is not a record.
    """
    raw = json.read_json(io.BytesIO(b"".join(bodies)), read_options=_READ, parse_options=_WIRE[kind])
    columns = [_column(_full(kind, name, raw[name]), type_) for name, type_ in _fields(kind)]
    return pa.Table.from_arrays(columns, schema=_SCHEMAS[kind])


def _full(kind: Kind, name: str, column: Column) -> Column:
    """The column with the struct's default where the line left the field out."""
    if not column.null_count:
        return column
    if name not in _DEFAULTS[kind]:
        raise pa.ArrowInvalid(f"a record lacks `{name}`")
    default = _DEFAULTS[kind][name]
    if default is None:
        return column
    filler = cast("pa.Scalar[Any]", pa.scalar(default, column.type))
    # `fill_null` cannot fill lists.
    return pc.if_else(column.is_valid(), column, filler) if default == [] else column.fill_null(filler)


def _column(column: Column, kind: pa.DataType) -> "Column | pa.Array[Any]":
    if kind == pa.uuid():
        return _uuids(column)
    if pa.types.is_decimal(kind):
        return pc.round(column, ndigits=4).cast(kind)
    return column.cast(kind)


def _uuids(column: Column) -> "pa.Array[Any]":
    """Ids as text to 16 bytes each, by table look-up over all digits at once."""
    rows = len(column)
    text = cast("pa.StringArray", pa.concat_arrays(column.chunks))
    if (pc.binary_length(text).to_numpy() != _TEXT_LENGTH).any():
        raise pa.ArrowInvalid(f"an id is not a UUID of {_TEXT_LENGTH} characters")
    data = cast("pa.Buffer", text.buffers()[2]).to_pybytes()
    letters = np.frombuffer(data, np.uint8, rows * _TEXT_LENGTH).reshape(rows, _TEXT_LENGTH)
    nibbles = _NIBBLE[letters[:, _DIGITS]]
    if (nibbles == _BAD).any():
        raise pa.ArrowInvalid("an id holds other characters than hex digits")
    raw = pa.py_buffer((nibbles[:, ::2] << 4 | nibbles[:, 1::2]).tobytes())
    storage = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), rows, [None, raw])
    whole = pa.ExtensionArray.from_storage(pa.uuid(), storage)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - stubs leave the storage open
    return cast("pa.Array[Any]", whole)
