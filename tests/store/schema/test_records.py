from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from afterclick.errors import InvalidInput
from afterclick.signals import Event, LogRecord, Sample, Span
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import EVENTS, LOGS, SAMPLES, SPANS, events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

SQL_TYPES = {
    "UUID": pa.uuid(),
    "DateTime64(3, 'UTC')": pa.timestamp("ms", "UTC"),
    "Decimal(18, 4)": pa.decimal128(18, 4),
    "Float64": pa.float64(),
    "Float32": pa.float32(),
    "UInt16": pa.uint16(),
    "UInt64": pa.uint64(),
    "Bool": pa.bool_(),
    "String": pa.string(),
    "LowCardinality(String)": pa.string(),
    "Array(LowCardinality(String))": pa.list_(pa.string()),
    "Array(String)": pa.list_(pa.string()),
    "Array(Float64)": pa.list_(pa.float64()),
    "Array(UInt64)": pa.list_(pa.uint64()),
    "Nullable(Float64)": pa.float64(),
    "Int32": pa.int32(),
    "UInt8": pa.uint8(),
}


@pytest.mark.parametrize(
    ("struct", "left_out", "schema", "table"),
    [
        (Event, {"user_agent", "session_key"}, EVENTS, "events"),
        (Span, set[str](), SPANS, "spans"),
        (Sample, set[str](), SAMPLES, "metrics"),
        (LogRecord, set[str](), LOGS, "logs"),
    ],
)
def test_struct_arrow_and_sql_name_the_same_columns_with_the_same_types(
    store: Store, scope: Scope, struct: type, left_out: set[str], schema: pa.Schema, table: str
) -> None:
    columns = Statement(
        "columns",
        "SELECT name, type FROM system.columns"
        f" WHERE database = 'default' AND table = '{table}' AND {{site:String}} != ''",
    )
    in_sql = {row["name"]: SQL_TYPES[row["type"]] for row in store.arrow(scope, columns).to_pylist()}
    assert in_sql == dict(zip(schema.names, schema.types, strict=True))
    assert set(schema.names) == {field.name for field in msgspec.structs.fields(struct)} - left_out


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE events; --",
        "back\\slash\\'",
        "tab\tline\nnull\0end",
        "日本語 🛒",
        "{site:String}",
        "%s %(x)s",
        "x" * 100_000,
    ],
)
def test_any_text_comes_back_as_it_was_and_finds_itself(
    event: MakeEvent, keep: Keep, ask: Ask, text: str
) -> None:
    keep(event("error", message=text, target=text))
    sql = "SELECT message FROM events WHERE site = {site:String} AND target = {text:String}"
    assert ask(sql, text=text) == [{"message": text}]


@pytest.mark.parametrize(
    "fields",
    [
        {"session_id": "nonsense"},
        {"event_id": ""},
        {"status": 70_000},
        {"revenue": 1e20},
        {"message": "\ud800"},
    ],
)
def test_a_record_that_does_not_fit_is_refused_in_one_sentence(
    event: MakeEvent, fields: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput, match=r"^A record does not fit its table: .+"):
        events_table([msgspec.structs.replace(event("order"), **fields)])


def test_no_records_make_an_empty_table() -> None:
    assert events_table([]).schema == EVENTS
