"""Rows whose columns are our own fields become events, and lines become batches."""

from datetime import UTC, datetime
from decimal import Decimal

from afterclick.cli.rows import BATCH, batches, cells


def test_a_column_is_a_field_with_numbers_tags_and_props_in_their_places() -> None:
    row = {
        "type": "cart",
        "value": "12.5",
        "time": "1700000000000",
        "tags.card_network": "amex",
        "props.note": "hello",
        "user_id": 7,
    }
    assert cells(row) == {
        "type": "cart",
        "value": 12.5,
        "time": 1700000000000,
        "tags": {"card_network": "amex"},
        "props": {"note": "hello"},
        "user_id": "7",
    }


def test_a_cell_that_is_not_a_number_is_passed_on_for_the_collector_to_refuse_and_count() -> None:
    assert cells({"type": "cart", "value": "many"}) == {"type": "cart", "value": "many"}
    assert cells({"value": "nan"}) == {"value": "nan"}


def test_typed_cells_become_what_json_can_say() -> None:
    row = {"time": datetime(2026, 5, 28, tzinfo=UTC), "revenue": Decimal("49.90"), "message": b"hi"}
    assert cells(row) == {"time": "2026-05-28T00:00:00+00:00", "revenue": 49.9, "message": "hi"}


def test_batches_hold_every_line_once_in_order() -> None:
    source = [str(number).encode() for number in range(BATCH * 2 + 3)]
    grouped = list(batches(iter(source)))
    assert [line for group in grouped for line in group] == source
    assert [len(group) for group in grouped] == [BATCH, BATCH, 3]
