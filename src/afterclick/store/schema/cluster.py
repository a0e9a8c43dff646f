"""The newest schema for a cluster of shards and replicas: each table becomes a replicated one on every shard
(`events_local`) and a distributed one over them all under its own name, so that reads and inserts stay as they are.

Tables are written from their records: sqlglot would write `toStartOfHour(time)` of a sorting key as
`dateTrunc('HOUR', time)`. The statements are parsed by the engine in the tests, but were never run on a cluster.

Source of the engines: https://clickhouse.com/docs/engines/table-engines/mergetree-family/replication and
https://clickhouse.com/docs/engines/table-engines/special/distributed
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import sqlglot
from sqlglot.tokenizer_core import TokenType

from afterclick.store.schema import catalogue
from afterclick.store.schema.ddl import created, quoted
from afterclick.store.schema.table import Table
from afterclick.store.schema.view import Bound, View, views

_SHARDED = {table.name for table in catalogue.TABLES if table.sharded_by}


def cluster_schema(cluster: str, bound: Bound) -> list[str]:
    """The statements, in order, for the cluster of that name in the servers' configuration; the views with the
    catalogue's values. Every server needs the macros {shard} and {replica}.
    """
    on = f" ON CLUSTER {quoted(cluster)}"
    tables = [one for table in catalogue.TABLES for one in _made(table, cluster, on)]
    return [*tables, *(_viewed(view, on) for view in views(bound))]


def _made(table: Table, cluster: str, on: str) -> Iterator[str]:
    if table.engine == "Dictionary":
        yield created(table, on=on)
    elif table.is_stored:
        local = f"{table.name}_local" if table.sharded_by else table.name
        yield created(
            replace(table, name=local, engine=_replicated(table, local), settings=_settings(table)), on=on
        )
        if table.sharded_by:
            yield (
                f"CREATE TABLE IF NOT EXISTS {table.name}{on} AS {local}\n"
                f"ENGINE = Distributed({quoted(cluster)}, currentDatabase(), {local}, {table.sharded_by})"
            )


def _replicated(table: Table, local: str) -> str:
    """The engine with replicas: of one shard for a local table, of all nodes for a table that lies whole on each."""
    shard, replica = ("{shard}", "{replica}") if table.sharded_by else ("all", "{shard}-{replica}")
    kind, _, arguments = table.engine.rstrip(")").partition("(")
    given = [f"'/clickhouse/tables/{shard}/{{database}}/{local}'", f"'{replica}'", *filter(None, [arguments])]
    return f"Replicated{kind}({', '.join(given)})"


def _settings(table: Table) -> str:
    return table.settings.replace("non_replicated_deduplication", "replicated_deduplication")


def _viewed(view: View, on: str) -> str:
    if not view.target:
        return f"CREATE VIEW IF NOT EXISTS {view.name}{on} AS\n{view.select}"
    target = f"{view.target}_local" if catalogue.table(view.target).beside_events else view.target
    return (
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {view.name}{on} TO {target} AS\n{_from_local(view.select)}"
    )


def _from_local(select: str) -> str:
    """The SELECT over the rows of its own shard, where blocks are inserted."""
    for word, name in reversed([*pairwise(sqlglot.tokenize(select, read="clickhouse"))]):
        if word.token_type is TokenType.FROM and name.text in _SHARDED:
            select = f"{select[: name.start]}{name.text}_local AS {name.text}{select[name.end + 1 :]}"
    return select
