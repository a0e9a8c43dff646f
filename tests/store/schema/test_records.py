from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from afterclick.errors import InvalidInput
from afterclick.signals import Event, LogRecord, Sample, Span
from afterclick.store.schema.records import EVENTS, LOGS, SAMPLES, SPANS, arrow_type, events_table

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("struct", "left_out", "schema"),
    [
        (Event, {"user_agent", "session_key"}, EVENTS),
        (Span, set[str](), SPANS),
        (Sample, set[str](), SAMPLES),
        (LogRecord, set[str](), LOGS),
    ],
)
def test_struct_and_table_name_the_same_columns(struct: type, left_out: set[str], schema: pa.Schema) -> None:
    assert set(schema.names) == {field.name for field in msgspec.structs.fields(struct)} - left_out


@pytest.mark.parametrize(
    ("sql", "arrow"),
    [
        ("UUID", pa.uuid()),
        ("DateTime64(3, 'UTC')", pa.timestamp("ms", "UTC")),
        ("Decimal(18, 4)", pa.decimal128(18, 4)),
        ("LowCardinality(String)", pa.string()),
        ("Array(LowCardinality(String))", pa.list_(pa.string())),
        ("Nullable(Float64)", pa.float64()),
    ],
)
def test_a_column_travels_as_what_its_type_says(sql: str, arrow: pa.DataType) -> None:
    assert arrow_type(sql) == arrow


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
