"""The schema for a cluster. It is held to its snapshot and to the engine's parser; it was never run on a cluster.

After a change of the schema run `python -m tests.store.schema.derived` and read the snapshot.
"""

import re
from pathlib import Path

import pytest
from tests.store.schema.derived import SNAPSHOT
from typer.testing import CliRunner

from afterclick.cli.verbs import app
from afterclick.errors import Misconfigured
from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.engine.dsn import SignalsDsn
from afterclick.store.engine.query import Statement
from afterclick.store.schema.catalogue import STORED
from afterclick.store.schema.cluster import cluster_schema
from afterclick.store.schema.ddl import signed_in
from afterclick.store.scope import Scope
from afterclick.store.store import Store, open_store

PARSED = Statement("parsed", "SELECT formatQuery({sql:String}) AS sql, {site:String} AS site")


def test_the_clusters_schema_is_that_of_the_snapshot() -> None:
    printed = CliRunner().invoke(app, ["schema", "--cluster", "main"])
    assert printed.stdout == SNAPSHOT.read_text(encoding="utf-8")


def test_the_engine_can_read_every_statement_for_a_cluster(store: Store, scope: Scope) -> None:
    for statement in cluster_schema("one 'quoted'", BOUND):
        assert store.arrow(scope, PARSED, {"sql": statement}).num_rows == 1


def test_every_table_of_rows_is_sharded_and_every_statement_reaches_all_nodes() -> None:
    statements = cluster_schema("main", BOUND)
    tables = {found[1] for one in statements if (found := re.match(r"CREATE TABLE IF NOT EXISTS (\w+)", one))}
    sharded = {table.name for table in STORED if table.sharded_by}
    assert tables == {*(table.name for table in STORED), *(f"{name}_local" for name in sharded)}
    whole = {"exchange_rates", "exchange_rates_next"}  # each node's dictionary is made of its own
    assert {table.name for table in STORED if table.has_site} - whole == sharded
    assert all("ON CLUSTER 'main'" in one.splitlines()[0] for one in statements)


def test_a_dictionary_signs_in_at_a_server_and_needs_not_in_the_embedded_engine(tmp_path: Path) -> None:
    def dsn(store: str) -> SignalsDsn:
        return SignalsDsn(load({"AFTERCLICK_DATA": str(tmp_path), "AFTERCLICK_STORE": store}))

    plain = "SOURCE(CLICKHOUSE(TABLE 'merged_nodes'))"
    assert signed_in(plain, dsn("")) == plain
    signed = "SOURCE(CLICKHOUSE(TABLE 'merged_nodes' USER 'ada' PASSWORD 's\\'t'))"
    assert signed_in(plain, dsn("clickhouse://ada:s%27t@host")) == signed


def test_a_cluster_is_refused_until_it_can_be_run(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="not over a cluster yet"):
        open_store(load({"AFTERCLICK_DATA": str(tmp_path), "AFTERCLICK_CLUSTER": "main"}), BOUND)
