"""`python -m tests.store.schema.one_more_table FOLDER`: a store with one more table, and what becomes of it by itself.

The table is a record and a numbered file, both in a folder of their own beside those of the package.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store import schema
from afterclick.store.schema import tables
from afterclick.store.scope import Scope

RECORD = """
from afterclick.store.schema.table import ANYONE, PERSONAL, TEXT, TIME, VISITS, WORD, Column, People, Table

PARCELS = Table(
    "parcels",
    why="what was sent",
    order_by="(site, parcel_id)",
    dated_by="time",
    sharded_by="sipHash64(parcel_id)",
    queryable=True,
    row="one parcel",
    comes="settled",
    people=People(
        holds="the person and number of a parcel",
        erased="rows of the person are deleted",
        key=("parcel_id",),
        found_by={"user_id": "user"},
    ),
    columns=(
        Column("site", WORD, ANYONE),
        Column("parcel_id", TEXT, VISITS),
        Column("time", TIME, ANYONE),
        Column("user_id", TEXT, PERSONAL),
    ),
)
"""
FILE = """
CREATE TABLE IF NOT EXISTS parcels
(
    site LowCardinality(String),
    parcel_id String,
    time DateTime64(3, 'UTC'),
    user_id String
)
ENGINE = ReplacingMergeTree
ORDER BY (site, parcel_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
"""
NOW = datetime.now(UTC)
PERSON = "ada"


def added(folder: Path) -> None:
    """Lay the table's two files beside those of the package; before anything reads the catalogue."""
    records = folder / "tables"
    records.mkdir(parents=True)
    (records / "parcels.py").write_text(RECORD, encoding="utf-8")
    (folder / "9000_parcels.sql").write_text(FILE, encoding="utf-8")
    schema.__path__.append(str(folder))
    tables.__path__.append(str(records))


def main(folder: Path) -> None:
    added(folder / "more")
    from afterclick.store.erasure import SEARCHED, PersonIds, registry
    from afterclick.store.schema.cluster import cluster_schema
    from afterclick.store.store import open_store

    store = open_store(load({"AFTERCLICK_DATA": str(folder / "data")}), BOUND)
    rows = [("1", NOW, PERSON), ("2", NOW, "bob"), ("3", NOW - timedelta(days=30), "bob")]
    ids, times, users = zip(*rows, strict=True)
    columns = {"site": ["shop"] * 3, "parcel_id": ids, "time": pa.array(times, pa.timestamp("ms", "UTC"))}
    store.insert("parcels", pa.table({**columns, "user_id": users}), "a token")

    person = PersonIds(site="shop", users=(PERSON,))
    (place,) = (one for one in registry(()) if one.name == "parcels")
    told: dict[str, object] = {
        "the data map": [place.held.holds, place.held.why, place.held.kept, place.held.erased]
    }
    told["shown to all"] = shown(store.read_only(Scope("shop", frozenset({"query"})), ASKED))
    told["shown to some"] = shown(
        store.read_only(Scope("shop", frozenset({"query", "visits", "personal"})), ASKED)
    )
    told["for a cluster"] = [one.split()[5] for one in cluster_schema("main", BOUND) if "parcels" in one]
    with store.frozen() as frozen:
        told["in a backup"] = [name for name in frozen.folders if name == "parcels"]
    told["exported"] = store.persons.rows(person, "parcels")["parcel_id"].to_pylist()
    told["erased"] = [name for name in SEARCHED if store.persons.remove(person, name)]
    before = int((NOW - timedelta(days=7)).timestamp() * 1000)
    told["aged"] = [*store.persons.drop_older("shop", before).items()]
    told["left"] = store.read_only(Scope("shop"), ASKED)["parcel_id"].to_pylist()
    print(json.dumps(told))
    store.close()


ASKED = "SELECT * FROM parcels"


def shown(answer: pa.Table) -> list[str]:
    return answer.schema.names


if __name__ == "__main__":
    main(Path(sys.argv[1]))
