"""A mapping file names which column is which field, and rows become events by it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from afterclick.collect.event.money import sum_of
from afterclick.collect.mapping.mapping import Mapping
from afterclick.collect.mapping.value import Unmapped
from afterclick.errors import InvalidInput


def mapped(written: str, row: dict[str, Any]) -> dict[str, object]:
    return Mapping.read(written, "map.toml").event(row)


def one(field: str, origin: str, row: dict[str, Any]) -> object:
    """The value of one field."""
    return mapped(f"[fields]\n{field} = {origin}", row).get(field.strip('"').partition(".")[0])


def test_columns_constants_tags_and_props_become_one_event() -> None:
    written = """
        rest = true
        [fields]
        type = { value = "order" }
        order_id = "Order No"
        revenue = { column = "total", decimal = "," }
        currency = { column = "cur", default = "EUR" }
        time = { column = "at", format = "%d.%m.%Y %H:%M", timezone = "Europe/Prague" }
        "tags.card_network" = "card"
        "props.note" = "note"
    """
    row = {
        "Order No": 17,
        "total": "1.234,50",
        "at": "28.05.2026 22:26",
        "card": "visa",
        "note": "gift",
        "shop": "Brno",
    }
    assert mapped(written, row) == {
        "type": "order",
        "order_id": "17",
        "revenue": 1234.5,
        "currency": "EUR",
        "time": 1779999960000,
        "tags": {"card_network": "visa"},
        "props": {"shop": "Brno", "note": "gift"},
    }


@pytest.mark.parametrize(
    ("origin", "value", "expected"),
    [
        ('"at"', "2026-05-28T20:26:40Z", 1780000000000),
        ('"at"', 1780000000000, 1780000000000),
        ('"at"', datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC), 1780000000000),
        ('{ column = "at", format = "seconds" }', "1780000000.5", 1780000000500),
        ('{ column = "at", timezone = "Europe/Prague" }', "2026-05-28 22:26:40", 1780000000000),
        ('"at"', "yesterday", "yesterday"),
        ('{ column = "at", format = "seconds" }', "1e400", "1e400"),
    ],
)
def test_times_are_read_as_the_mapping_says(origin: str, value: object, expected: object) -> None:
    assert one("time", origin, {"at": value}) == expected


def test_a_number_is_scaled_without_the_dust_of_binary_fractions() -> None:
    assert one("revenue", '{ column = "cents", scale = 0.01 }', {"cents": 1999}) == 19.99
    assert one("revenue", '{ column = "euros", scale = 100.0 }', {"euros": "19.99"}) == 1999


@pytest.mark.parametrize(
    ("decimal", "written", "read"),
    [
        (".", "1,234", 1234),
        (".", "1,234,567.5", 1234567.5),
        (",", "1,234", 1.234),
        (",", "1.234", 1234),
        (".", "1.234,50", "1.234,50"),
        (",", "1,234.50", "1,234.50"),
    ],
)
def test_the_mark_that_is_not_the_decimal_groups_and_does_so_before_it(
    decimal: str, written: str, read: object
) -> None:
    assert one("revenue", f'{{ column = "sum", decimal = "{decimal}" }}', {"sum": written}) == read
    assert one("revenue", '"sum"', {"sum": "1,234"}) == "1,234"


@pytest.mark.parametrize("written", ["12.34.56", "1 299 00", "1.23.4,5", "12,34,56"])
@pytest.mark.parametrize("more", ['decimal = ","', 'decimal = "."', 'decimal = ",", scale = 0.01'])
def test_what_is_grouped_as_no_number_is_stays_as_it_is_for_the_collector_to_refuse(
    written: str, more: str
) -> None:
    assert one("revenue", f'{{ column = "sum", {more} }}', {"sum": written}) == written
    assert sum_of(written) is None


def test_a_sum_in_another_form_than_the_mapping_tells_is_not_left_unscaled() -> None:
    with pytest.raises(Unmapped, match="say its `decimal`"):
        one("revenue", '{ column = "cents", scale = 0.01 }', {"cents": "4990 Kč"})
    assert one("revenue", '{ column = "cents", scale = 0.01, decimal = "," }', {"cents": "4.990 Kč"}) == 49.9


def test_a_sum_that_names_another_currency_than_the_mapping_is_left_for_the_collector_to_refuse() -> None:
    written = '[fields]\nrevenue = { column = "sum", decimal = "." }\ncurrency = { value = "EUR" }'
    mapping = Mapping.read(written, "map.toml")
    assert mapping.event({"sum": "$49.90"})["revenue"] == "$49.90"
    assert mapping.event({"sum": "€49.90"})["revenue"] == 49.9


def test_a_place_in_a_document_is_reached_by_names_and_list_positions() -> None:
    row = {"customer": {"ids": [{"key": "u1"}]}, "a.b": "plain"}
    assert one("user_id", '"customer.ids.0.key"', row) == "u1"
    assert one("user_id", '"a.b"', row) == "plain"
    for missing in ("customer.ids.9.key", "customer.ids.x", "customer.ids.0.key.deeper", "nobody"):
        assert one("user_id", f'"{missing}"', row) is None


def test_values_are_translated_and_one_that_is_not_named_leaves_the_row_out() -> None:
    origin = '{ column = "kind", values = { sold = "order", returned = "refund" } }'
    assert one("type", origin, {"kind": "returned"}) == "refund"
    with pytest.raises(Unmapped, match="kind is 'lost'"):
        one("type", origin, {"kind": "lost"})
    written = '{ column = "kind", values = { sold = "order" }, default = "track" }'
    assert one("type", written, {"kind": "lost"}) == one("type", written, {}) == "track"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("fields = 5", "is no mapping"),
        ("[fields", "is no mapping"),
        ('[fields]\ntype = { colunm = "a" }', "colunm"),
        ('[fields]\nrevenu = "a"', "there is no field 'revenu'"),
        ('[fields]\n"tags." = "a"', "there is no field 'tags.'"),
        ('[fields]\n"site.x" = "a"', "there is no field"),
        ("[fields]\ntype = { default = 1 }", "either a `column` or a `value`"),
        ('[fields]\ntime = { column = "a", timezone = "Mars/Base" }', "write for example Europe/Prague"),
        ('[fields]\nvalue = { column = "a", decimal = ";" }', "decimal"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_with_what_to_change(written: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        Mapping.read(written, "map.toml")
