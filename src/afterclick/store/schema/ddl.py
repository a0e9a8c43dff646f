"""The schema's statements as a server takes them: signed in, or for a cluster of shards and replicas.

For a cluster each table becomes a replicated one on every shard (`events_local`) and a distributed one over them all
under its own name, so that whatever reads and inserts stays as it is. The statements are those of `schema/` with their
heads and engines changed; they are generated and parsed by the engine in the tests, but were never run on a cluster.

Source of the engines: https://clickhouse.com/docs/engines/table-engines/mergetree-family/replication and
https://clickhouse.com/docs/engines/table-engines/special/distributed
"""

import re
from collections.abc import Iterator

from afterclick.store.engine.dsn import SignalsDsn

_NO_ID = "toUUID('00000000-0000-0000-0000-000000000000')"
_BY_VISIT = "sipHash64(session_id)"

SHARDED_BY = {
    "events": f"sipHash64(if(session_id = {_NO_ID}, event_id, session_id))",
    "page_views": _BY_VISIT,
    "sessions": _BY_VISIT,
    "orders": "sipHash64(order_id)",
    "late_refunds": "sipHash64(order_id)",
    "spans": "sipHash64(trace_id)",
    "trace_visits": "sipHash64(trace_id)",
    "dirty_minutes": "sipHash64(site, minute)",
    "service_minutes": "sipHash64(site, minute)",
    "service_edges": "sipHash64(site, minute)",
    "metrics": "sipHash64(series)",
    "logs": "sipHash64(log_id)",
    "identity_edges": "sipHash64(one)",
}
"""Which shard a row belongs to. What is joined or merged with one another lies together: a visit's events and rollups,
a trace's spans, an order and its refunds. Tables that are not here lie whole on every node."""

_STAY = {"page_views", "sessions"}
"""Rollups on the shard of the events that they are made of; all others go through the distributed table."""

_NAME = r"(?:IF (?:NOT )?EXISTS )?"
_TABLE = re.compile(rf"CREATE TABLE {_NAME}(?P<name>\w+)\n(?P<columns>\(.*\n\))\n(?P<rest>ENGINE.*)", re.S)
_LIKE = re.compile(rf"CREATE TABLE {_NAME}(?P<name>\w+) AS (?P<like>\w+)")
_ENGINE = re.compile(r"ENGINE = (?P<kind>\w*MergeTree)(?:\((?P<arguments>[^)]*)\))?")
_MATERIALIZED = re.compile(
    rf"CREATE MATERIALIZED VIEW {_NAME}(?P<name>\w+) TO (?P<target>\w+) AS(?P<select>.*)", re.S
)
_SOURCE = re.compile(r"^FROM (events|spans)$", re.M)
_ALTER = re.compile(r"ALTER TABLE (?P<name>\w+) (?P<change>.*)", re.S)
_OTHER = re.compile(rf"(?P<head>(?:CREATE|DROP) (?:VIEW|DICTIONARY) {_NAME}\w+)(?P<rest>.*)", re.S)
_COMMENTS = re.compile(r"\A(?:--[^\n]*\n|\s)*")
_DICTIONARY_SOURCE = re.compile(r"SOURCE\(CLICKHOUSE\((TABLE '\w+')\)\)")


def signed_in(statement: str, dsn: SignalsDsn) -> str:
    """The statement with the server's user and password where it reads a table by itself, as a dictionary does."""
    if not dsn.is_server:
        return statement
    user, password = _quoted(dsn.user), _quoted(dsn.password)
    return _DICTIONARY_SOURCE.sub(
        lambda found: f"SOURCE(CLICKHOUSE({found[1]} USER {user} PASSWORD {password}))", statement
    )


def for_cluster(statements: list[str], cluster: str) -> list[str]:
    """The schema's statements, in order, for the cluster of that name in the servers' configuration.

    Every server needs the macros {shard} and {replica}. Raises ValueError for a statement of a kind that is not known.
    """
    on = f"ON CLUSTER {_quoted(cluster)}"
    engines: dict[str, str] = {}
    return [
        changed for one in statements for changed in _changed(_COMMENTS.sub("", one), on, cluster, engines)
    ]


def _changed(statement: str, on: str, cluster: str, engines: dict[str, str]) -> Iterator[str]:
    if found := _TABLE.fullmatch(statement):
        yield from _table(found["name"], found["columns"], found["rest"], on, cluster)
        engines[found["name"]] = found["rest"]
    elif found := _LIKE.fullmatch(statement):
        rest = _replicated(engines[found["like"]], found["name"])
        yield f"CREATE TABLE IF NOT EXISTS {found['name']} {on} AS {found['like']}\n{rest}"
    elif found := _MATERIALIZED.fullmatch(statement):
        target = f"{found['target']}_local" if found["target"] in _STAY else found["target"]
        select = _SOURCE.sub(r"FROM \1_local AS \1", found["select"])
        yield f"CREATE MATERIALIZED VIEW IF NOT EXISTS {found['name']} {on} TO {target} AS{select}"
    elif found := _ALTER.fullmatch(statement):
        if found["name"] in SHARDED_BY:
            yield f"ALTER TABLE {found['name']}_local {on} {found['change']}"
        yield f"ALTER TABLE {found['name']} {on} {found['change']}"
    elif found := _OTHER.fullmatch(statement):
        yield f"{found['head']} {on}{found['rest']}"
    else:
        raise ValueError(f"No rule makes this statement one for a cluster: {statement[:80]}")


def _table(name: str, columns: str, rest: str, on: str, cluster: str) -> Iterator[str]:
    if name not in SHARDED_BY:
        yield f"CREATE TABLE IF NOT EXISTS {name} {on}\n{columns}\n{_replicated(rest, name)}"
        return
    local = f"{name}_local"
    yield f"CREATE TABLE IF NOT EXISTS {local} {on}\n{columns}\n{_replicated(rest, local)}"
    yield (
        f"CREATE TABLE IF NOT EXISTS {name} {on} AS {local}\n"
        f"ENGINE = Distributed({_quoted(cluster)}, currentDatabase(), {local}, {SHARDED_BY[name]})"
    )


def _replicated(rest: str, name: str) -> str:
    """The engine with replicas: of one shard for a local table, of all nodes for a table that lies whole on each."""
    if name.endswith("_local"):
        place = f"'/clickhouse/tables/{{shard}}/{{database}}/{name}', '{{replica}}'"
    else:
        place = f"'/clickhouse/tables/all/{{database}}/{name}', '{{shard}}-{{replica}}'"

    def engine(found: re.Match[str]) -> str:
        arguments = f", {found['arguments']}" if found["arguments"] else ""
        return f"ENGINE = Replicated{found['kind']}({place}{arguments})"

    return _ENGINE.sub(engine, rest).replace("non_replicated_deduplication", "replicated_deduplication")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
