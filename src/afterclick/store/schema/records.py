"""Records as Arrow: the shape in which they enter the engine, held equal to `signals.py` and the SQL.

Ids travel as the Arrow UUID type and times as UTC milliseconds, which is what the engine reads without parsing text.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from afterclick.errors import InvalidInput
from afterclick.signals import Event, LogRecord, Record, Sample, Span
from afterclick.store.spool.batch import Kind

_TIME = pa.timestamp("ms", tz="UTC")
_MONEY = pa.decimal128(18, 4)

EVENTS: pa.Schema = pa.schema(
    [
        ("site", pa.string()),
        ("event_id", pa.uuid()),
        ("type", pa.string()),
        ("time", _TIME),
        ("received", _TIME),
        ("name", pa.string()),
        ("session_id", pa.uuid()),
        ("session_start", _TIME),
        ("page_view_id", pa.uuid()),
        ("device_id", pa.string()),
        ("user_id", pa.string()),
        ("visitor", pa.string()),
        ("host", pa.string()),
        ("path", pa.string()),
        ("route", pa.string()),
        ("step", pa.string()),
        ("referrer", pa.string()),
        ("channel", pa.string()),
        ("campaign", pa.string()),
        ("country", pa.string()),
        ("region", pa.string()),
        ("device_class", pa.string()),
        ("device_tier", pa.string()),
        ("browser", pa.string()),
        ("os", pa.string()),
        ("release", pa.string()),
        ("trace_id", pa.string()),
        ("value", pa.float64()),
        ("duration_ms", pa.float32()),
        ("status", pa.uint16()),
        ("method", pa.string()),
        ("target", pa.string()),
        ("source", pa.string()),
        ("message", pa.string()),
        ("order_id", pa.string()),
        ("revenue", _MONEY),
        ("currency", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("props", pa.string()),
    ]
)
"""Columns of table `events`: the fields of `Event` but `user_agent` and `session_key`, which are never stored."""

SPANS: pa.Schema = pa.schema(
    [
        ("site", pa.string()),
        ("trace_id", pa.string()),
        ("span_id", pa.string()),
        ("service", pa.string()),
        ("name", pa.string()),
        ("time", _TIME),
        ("start_ns", pa.uint64()),
        ("duration_ns", pa.uint64()),
        ("received", _TIME),
        ("parent_span_id", pa.string()),
        ("kind", pa.string()),
        ("status", pa.string()),
        ("status_message", pa.string()),
        ("http_status", pa.uint16()),
        ("peer", pa.string()),
        ("release", pa.string()),
        ("exception", pa.string()),
        ("generated", pa.bool_()),
        ("attributes", pa.string()),
    ]
)
"""Columns of table `spans`: the fields of `Span`."""

_COUNTS = pa.list_(pa.uint64())
_NUMBERS = pa.list_(pa.float64())

SAMPLES: pa.Schema = pa.schema(
    [
        ("site", pa.string()),
        ("service", pa.string()),
        ("name", pa.string()),
        ("type", pa.string()),
        ("series", pa.string()),
        ("time", _TIME),
        ("time_ns", pa.uint64()),
        ("received", _TIME),
        ("start_ns", pa.uint64()),
        ("release", pa.string()),
        ("scope", pa.string()),
        ("unit", pa.string()),
        ("temporality", pa.string()),
        ("monotonic", pa.bool_()),
        ("value", pa.float64()),
        ("count", pa.uint64()),
        ("sum", pa.float64()),
        ("min", pa.float64()),
        ("max", pa.float64()),
        ("explicit_bounds", _NUMBERS),
        ("bucket_counts", _COUNTS),
        ("scale", pa.int32()),
        ("zero_count", pa.uint64()),
        ("zero_threshold", pa.float64()),
        ("positive_offset", pa.int32()),
        ("positive_bucket_counts", _COUNTS),
        ("negative_offset", pa.int32()),
        ("negative_bucket_counts", _COUNTS),
        ("quantiles", _NUMBERS),
        ("quantile_values", _NUMBERS),
        ("exemplar_trace_ids", pa.list_(pa.string())),
        ("generated", pa.bool_()),
        ("resource", pa.string()),
        ("attributes", pa.string()),
    ]
)
"""Columns of table `metrics`: the fields of `Sample`."""

LOGS: pa.Schema = pa.schema(
    [
        ("site", pa.string()),
        ("log_id", pa.uuid()),
        ("service", pa.string()),
        ("time", _TIME),
        ("time_ns", pa.uint64()),
        ("received", _TIME),
        ("severity_number", pa.uint8()),
        ("severity_text", pa.string()),
        ("event_name", pa.string()),
        ("body", pa.string()),
        ("trace_id", pa.string()),
        ("span_id", pa.string()),
        ("release", pa.string()),
        ("scope", pa.string()),
        ("exception", pa.string()),
        ("generated", pa.bool_()),
        ("resource", pa.string()),
        ("attributes", pa.string()),
    ]
)
"""Columns of table `logs`: the fields of `LogRecord`."""

SCHEMAS: dict[Kind, pa.Schema] = {"events": EVENTS, "spans": SPANS, "metrics": SAMPLES, "logs": LOGS}
STRUCTS: dict[Kind, type[Record]] = {"events": Event, "spans": Span, "metrics": Sample, "logs": LogRecord}


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
