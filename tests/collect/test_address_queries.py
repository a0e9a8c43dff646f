"""Queries of addresses in texts: cut however they are spelled, and nothing but them."""

import pytest
from tests.collect.conftest import House

from afterclick.collect.passage.cleaning import scrubbed

SCRIPT = "https://h.example/app.js"


def test_an_error_keeps_its_place_in_a_script_whose_address_has_a_query(house: House) -> None:
    house.post(
        house.event(type="error", source=f"{SCRIPT}?v=3:12:5", message=f"at f ({SCRIPT}?v=3:12:5)"),
        house.event(type="error", source="/app.js?v=3:12", message="failed"),
    )
    one, other = house.events()
    assert (one.source, one.message) == (f"{SCRIPT}:12:5", f"at f ({SCRIPT}:12:5)")
    assert other.source == "/app.js:12"


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        (f"f@{SCRIPT}?v=3:12:5\ng@{SCRIPT}?v=3:99:5", f"f@{SCRIPT}:12:5\ng@{SCRIPT}:99:5"),
        (f"at g ({SCRIPT}?token=a1b2c3d4:12:5)", f"at g ({SCRIPT}:12:5)"),
        ("at https://h.example/cart?id=7:120:5", "at https://h.example/cart:120:5"),
        ("(see https://h.example/help?a=1), then", "(see https://h.example/help), then"),
        ("https://h.example/cart?id=7.", "https://h.example/cart."),
    ],
)
def test_the_place_and_the_bracket_behind_a_query_stay(text: str, becomes: str) -> None:
    assert scrubbed(text) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "https://h.example/api?user=ann:123456",
        "https://h.example/api?since=2026-11-30T12:30:15",
        "https://h.example/api?since=2026-11-30T12:30:15Z",
        "https://h.example/api?a=1:2:abc",
    ],
)
def test_what_only_looks_like_a_place_goes_with_its_query(text: str) -> None:
    assert scrubbed(text) == "https://h.example/api"
