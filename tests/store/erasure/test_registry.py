"""The erasure registry: nothing may hold people without an entry, and the data map tells what it tells."""

import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import String
from sqlalchemy.orm import mapped_column
from tests.store.schema.derived import DATA, PARTS, REGISTRY, data_map, under

from afterclick.store.control.database import Base
from afterclick.store.engine.query import Statement
from afterclick.store.erasure import SEARCHED
from afterclick.store.holding import Held, Where
from afterclick.store.schema.nobody import NOBODY
from afterclick.store.scope import Scope
from afterclick.store.spool.file import open_spool
from afterclick.store.store import Store
from afterclick.visits.memory import Memory


def names(where: Where) -> set[str]:
    return {one.name for one in REGISTRY if one.where == where}


def in_file(connection: sqlite3.Connection) -> set[str]:
    try:
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return {row[0] for row in found}
    finally:
        connection.close()


def test_every_table_of_the_store_has_an_entry(store: Store, scope: Scope) -> None:
    sql = (
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine != 'MaterializedView' "
        "AND name NOT LIKE '%_shadow%' AND {site:String} != ''"
    )
    found = {row["name"] for row in store.arrow(scope, Statement("all", sql)).to_pylist()}
    assert found - names("signals") == set()
    assert names("signals") - found - {"person_ids"} == set()


def test_every_table_of_the_control_database_has_an_entry() -> None:
    assert set(Base.metadata.tables) | {"alembic_version"} == names("control")


def test_every_table_of_the_spool_and_of_the_memory_of_visits_has_an_entry(tmp_path: Path) -> None:
    assert in_file(open_spool(tmp_path)) == names("spool")
    Memory(tmp_path).close()
    assert in_file(sqlite3.connect(tmp_path / "visits.db")) == names("visits")


@pytest.mark.parametrize(
    ("why", "holds", "kept", "erased"),
    [
        ("", "", "", ""),
        ("", "names", "for good", "with the member"),
        ("a reason", "names", "", ""),
        ("a reason", "names", "for good", ""),
        ("a reason", "", "", "with the member"),
    ],
)
def test_a_place_that_says_what_it_holds_but_not_for_how_long_and_how_it_is_erased_is_refused(
    why: str, holds: str, kept: str, erased: str
) -> None:
    with pytest.raises(TypeError, match="is not whole: say `why`, and `holds`, `kept` and `erased`"):
        Held(why, holds, kept, erased)


def test_a_table_of_the_control_database_that_says_nothing_of_people_is_refused_where_it_is_declared() -> (
    None
):
    with pytest.raises(TypeError, match=r"The table letters does not say what it holds of people: give .*"):
        type(
            "LetterRow", (Base,), {"__tablename__": "letters", "id": mapped_column(String, primary_key=True)}
        )
    assert "letters" not in Base.metadata.tables


def test_a_place_stands_once_in_the_registry() -> None:
    places = [(one.where, one.name) for one in REGISTRY]
    assert len(places) == len(set(places))


def test_every_table_with_rows_of_people_is_searched() -> None:
    """All but what is computed anew, swapped in whole, or never on disk."""
    holding = {one.name for one in REGISTRY if one.where == "signals" and one.held.holds}
    assert holding - set(SEARCHED) == {
        "merged_nodes",
        "merged_nodes_next",
        "people",
        "person_ids",
        "server_signals",
        "service_minutes",
    }


@pytest.mark.parametrize("where", PARTS)
def test_the_data_map_tells_what_the_registry_tells(where: Where) -> None:
    assert under(PARTS[where], DATA.read_text(encoding="utf-8")) == data_map(where)


def test_ids_that_stand_for_nobody_are_those_of_the_schema(store: Store, scope: Scope) -> None:
    sql = (
        "SELECT as_select AS text FROM system.tables WHERE name = 'identity_edges_of' AND {site:String} != ''"
    )
    (row,) = store.arrow(scope, Statement("view", sql)).to_pylist()
    listed = re.search(r"\[('null'.*?\])'\]", row["text"])
    assert listed is not None
    assert tuple(re.findall(r"'((?:\[[^']*\]|[^'])*)'", f"{listed[1]}'")) == NOBODY
