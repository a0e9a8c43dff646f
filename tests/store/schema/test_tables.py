"""The record of each table and the engine's own table are one, and one more table is one more file."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.store.schema.derived import DATA, asked, under

from afterclick.store.schema.catalogue import STORED, TABLES
from afterclick.store.schema.table import Table
from afterclick.store.store import Store


def ask(store: Store, sql: str, table: str = "") -> list[dict[str, Any]]:
    return store._engine.rows(sql, {"table": table} if table else None, tag="test")  # pyright: ignore[reportPrivateUsage]


def test_every_table_of_the_engine_has_a_record_and_every_record_a_table(store: Store) -> None:
    found = ask(
        store,
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine != 'MaterializedView' "
        "AND name NOT LIKE '%_shadow%'",
    )
    assert {row["name"] for row in found} | {"person_ids"} == {one.name for one in TABLES}


@pytest.mark.parametrize("one", [one for one in TABLES if one.name != "person_ids"], ids=lambda one: one.name)
def test_the_engine_has_the_columns_of_the_record_in_its_order(store: Store, one: Table) -> None:
    found = ask(
        store,
        "SELECT name, type, compression_codec, default_expression FROM system.columns "
        "WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
        one.name,
    )
    recorded = [
        (
            column.name,
            column.type,
            f"CODEC({column.codec})" if column.codec else "",
            column.alias or column.default,
        )
        for column in one.columns
    ]
    if not one.is_stored:  # of a view and a dictionary the engine tells no more
        found = [{"name": row["name"], "type": row["type"]} for row in found]
        recorded = [column[:2] for column in recorded]
    assert [tuple(row.values()) for row in found] == recorded


@pytest.mark.parametrize("one", STORED, ids=lambda one: one.name)
def test_the_engine_keeps_the_table_as_the_record_says(store: Store, one: Table) -> None:
    (found,) = ask(
        store,
        "SELECT engine_full, partition_key, sorting_key FROM system.tables "
        "WHERE database = currentDatabase() AND name = {table:String}",
        one.name,
    )
    indexes = ask(
        store,
        "SELECT concat(name, ' ', expr, ' TYPE ', type_full) AS text FROM system.data_skipping_indices "
        "WHERE database = currentDatabase() AND table = {table:String}",
        one.name,
    )
    ages = f"toDateTime({one.dated_by}) + " if one.dated_by else one.ttl.replace(" DELETE", "")
    assert found["engine_full"].startswith(f"{one.engine} ")
    assert found["partition_key"] == one.partition_by
    assert found["sorting_key"] == one.order_by.removeprefix("(").removesuffix(")")
    assert f"SETTINGS {one.settings}, " in found["engine_full"]
    assert tuple(row["text"] for row in indexes) == one.indexes
    assert f" TTL {ages}" in found["engine_full"] if ages else " TTL " not in found["engine_full"]


@pytest.mark.parametrize("one", TABLES, ids=lambda one: one.name)
def test_a_record_names_columns_of_its_own_and_a_table_above_it(one: Table) -> None:
    columns = [column.name for column in one.columns]
    assert len(columns) == len(set(columns))
    assert not one.dated_by or one.dated_by in columns
    assert one.people is None or {*one.people.key, *one.people.found_by} <= {*columns}
    assert one.has_site or one.people is None or not one.people.key or one.name == "identity_nodes"
    assert not one.made_of or one.made_of in {other.name for other in TABLES[: TABLES.index(one)]}


def test_the_documentation_tells_what_may_be_asked() -> None:
    assert under("Tables", DATA.read_text(encoding="utf-8")) == asked()


def test_one_more_table_is_aged_erased_exported_saved_asked_sharded_and_told_of(tmp_path: Path) -> None:
    """`one_more_table.py` adds nothing but a record and a numbered file."""
    command = [sys.executable, "-m", "tests.store.schema.one_more_table", str(tmp_path)]
    done = subprocess.run(
        command, cwd=DATA.parents[1], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "the data map": [
            "the person and number of a parcel",
            "what was sent",
            "the site's retention",
            "rows of the person are deleted",
        ],
        "shown to all": ["site", "time"],
        "shown to some": ["site", "parcel_id", "time", "user_id"],
        "for a cluster": ["parcels_local", "parcels"],
        "in a backup": ["parcels"],
        "exported": ["1"],
        "erased": ["parcels"],
        "aged": [["parcels", 1]],
        "left": ["2"],
    }
