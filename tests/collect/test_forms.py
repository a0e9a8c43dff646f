"""Every odd form of docs/privacy.md: masked as the table says, or named there as a limit; and few false alarms."""

import json
import re
from pathlib import Path

import pytest
from benchmarks.cleaning import EACH, KINDS, MOST, masked
from tests.collect.conftest import House

from afterclick.collect.passage.cleaning import scrubbed

DOCS = Path(__file__).parents[2] / "docs" / "privacy.md"
ROW = re.compile(r"^\| ([^|]+) \| `(.+)` \| (?:`(.+)`|(kept: a limit)) \|$", re.MULTILINE)
CARD = "4111 1111 1111 1111"


def sent(cell: str) -> str:
    """The text of a cell, its `\\uXXXX` and `\\\\` read."""
    return re.sub(r"\\(?:u([0-9a-f]{4})|(\\))", lambda found: found[2] or chr(int(found[1], 16)), cell)


def rows() -> list[tuple[str, str, str]]:
    text = DOCS.read_text(encoding="utf-8").split("## What is masked")[1].split("\n## ")[0]
    return [(name, sent(text), sent(becomes or text)) for name, text, becomes, _ in ROW.findall(text)]


TABLE = rows()


def test_the_table_has_at_least_310_forms() -> None:
    assert len({name for name, _, _ in TABLE}) >= 310


@pytest.mark.parametrize(("text", "becomes"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_form_becomes_what_the_docs_say(text: str, becomes: str) -> None:
    assert scrubbed(text) == becomes


@pytest.mark.parametrize(
    ("text", "becomes"),
    [row[1:] for row in TABLE if row[1] != row[2]],
    ids=[row[0] for row in TABLE if row[1] != row[2]],
)
def test_what_is_masked_stays_as_it_is_when_it_is_cleaned_again(text: str, becomes: str) -> None:
    assert text != becomes
    assert scrubbed(becomes) == becomes


@pytest.mark.parametrize("kind", KINDS)
def test_of_ordinary_texts_less_than_a_thousandth_is_masked(kind: str) -> None:
    assert len(masked(kind)) / EACH < MOST


@pytest.mark.parametrize("field", ["name", "step", "route", "campaign", "channel", "release"])
def test_a_label_is_cleaned_as_any_text(house: House, field: str) -> None:
    house.post(house.event(**{field: f"a {CARD}"}))
    [event] = house.events()
    assert getattr(event, field) == "a [card]"


def test_keys_and_values_of_tags_are_cleaned(house: House) -> None:
    house.post(house.event(tags={"by": "ada@example.org", CARD: "x", "password": "hunter22", "plan": "gold"}))
    [event] = house.events()
    assert event.tags == ["[card]=x", "by=[email]", "password=[secret]", "plan=gold"]


def test_props_are_cleaned_by_key_and_value(house: House) -> None:
    house.post(
        house.event(props={"note": f"7 {CARD} 1", "db": "postgres://app:hunter22@db/shop", "cookie": "a=b"})
    )
    [event] = house.events()
    assert json.loads(event.props) == {
        "note": "7 [card] 1", "db": "postgres://app:[secret]@db/shop", "cookie": "[secret]",
    }  # fmt: skip
