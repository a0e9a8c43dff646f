"""What each table's record says of people and of age comes true: one person's rows are found, and old rows go."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.store.conftest import NOON, Ask, MakeEvent, MakeSpan

from afterclick.signals import LogRecord, Sample
from afterclick.store.erasure import SEARCHED, PersonIds
from afterclick.store.schema.catalogue import STORED
from afterclick.store.schema.records import events_table, records_table
from afterclick.store.schema.table import Table
from afterclick.store.store import Store

LONG_AGO = "toDateTime64('2020-02-02 02:02:02', 3, 'UTC')"
NODES_OF = """
WITH bitOr(sipHash64({site:String}, {user:String}), bitShiftLeft(toUInt64(1), 63)) AS her
SELECT arrayDistinct(arrayFlatten(groupArray([one, other]))) AS nodes
FROM identity_edges
WHERE site = {site:String} AND her IN (one, other)
"""
NOT_DATED = {
    "order_tickets", "dirty_minutes", "identity_nodes", "merged_nodes", "merged_nodes_next", "schema_migrations",
    "exchange_rates", "exchange_rates_next",
}  # fmt: skip
"""Tables whose rows go another way than by age: when they are settled, swapped or erased."""


def engine_of(store: Store) -> Any:
    return store._engine  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    "one", [one for one in STORED if one.name not in NOT_DATED], ids=lambda one: one.name
)
def test_a_row_that_is_older_than_a_site_keeps_goes_from_every_table(
    store: Store, site: str, ask: Ask, one: Table
) -> None:
    dated = [column for column in one.columns if "DateTime64" in column.type and not column.alias]
    times = [column.name for column in dated if "Tuple" not in column.type]
    engine = engine_of(store)
    columns, values = ", ".join(times), ", ".join([LONG_AGO] * len(times))
    engine.command(
        f"INSERT INTO {one.name} (site, {columns}) SELECT {{site:String}}, {values}", {"site": site}
    )
    counted = f"SELECT count() AS n FROM {one.name} WHERE site = {{site:String}}"
    assert ask(counted)[0]["n"] == 1
    store.persons.drop_older(site, NOON)
    assert ask(counted)[0]["n"] == 0


def visit_of(who: str, event: MakeEvent, span: MakeSpan, visit: str) -> dict[str, list[Any]]:
    """A visit with an order that is refunded from outside, the trace of its request, and what services said of it."""
    trace, page, order = uuid.uuid4().hex, str(uuid.uuid4()), f"order of {who}"
    base = {"session_id": visit, "session_start": NOON, "user_id": who, "device_id": f"device of {who}"}
    site = event("mark").site
    series = {"name": "requests", "type": "gauge", "series": uuid.uuid4().hex, "value": 1.0}
    series["attributes"] = json.dumps({"enduser.id": who})
    told = {"site": site, "service": "shop", "time": NOON, "time_ns": NOON * 1_000_000, "received": NOON}
    return {
        "events": [
            event("page_view", page_view_id=page, path="/", **base),
            event("request", page_view_id=page, trace_id=trace, **base),
            event("order", order_id=order, revenue=50.0, currency="EUR", **base),
            event("refund", order_id=order, revenue=20.0, currency="EUR"),
        ],
        "spans": [span("shop", "GET /", trace_id=trace)],
        "logs": [msgspec.convert(told | {"log_id": uuid.uuid4().hex, "trace_id": trace}, LogRecord)],
        "metrics": [msgspec.convert(told | series, Sample)],
    }


@pytest.fixture
def ada(store: Store, site: str, event: MakeEvent, span: MakeSpan) -> Iterator[PersonIds]:
    """What is known of one of two customers, and all her ids."""
    engine = engine_of(store)
    for who in ("ada-4711", "bob-4712"):
        visit = str(
            uuid.UUID(int=(NOON << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1)))
        )
        for kind, records in visit_of(who, event, span, visit).items():
            table = events_table(records) if kind == "events" else records_table(kind, records)  # pyright: ignore[reportArgumentType]
            store.insert(kind, table, uuid.uuid4().hex)  # pyright: ignore[reportArgumentType]
    nodes = set(engine.rows(NODES_OF, {"site": site, "user": "ada-4711"}, tag="test")[0]["nodes"])
    engine.command(f"INSERT INTO identity_nodes SELECT arrayJoin({[*nodes, 1]}) AS key, 1 AS number")
    yield store.persons.find(PersonIds(site=site, users=("ada-4711",), nodes=tuple(nodes)))
    engine.command("TRUNCATE TABLE identity_nodes")


@pytest.mark.parametrize("name", SEARCHED)
def test_of_two_customers_one_is_found_in_and_taken_out_of_every_table(
    store: Store, site: str, ada: PersonIds, name: str
) -> None:
    of_site = "1" if name == "identity_nodes" else "site = {site:String}"
    everything = f"SELECT * FROM {name} WHERE {of_site}"
    hers = {id for _, id in ada.ids()}

    def is_hers(row: dict[str, Any]) -> bool:
        return any(id in msgspec.json.encode(row, enc_hook=str).decode() for id in hers)

    before = engine_of(store).rows(everything, {"site": site}, tag="test")
    assert any(map(is_hers, before))
    assert not all(map(is_hers, before))
    assert store.persons.counts(ada)[name] == sum(map(is_hers, before))
    assert store.persons.rows(ada, name).num_rows == sum(map(is_hers, before))
    for above in SEARCHED[: SEARCHED.index(name) + 1]:  # a rollup is built anew from the events that stay
        store.persons.remove(ada, above)
    after = engine_of(store).rows(everything, {"site": site}, tag="test")
    assert sorted(map(str, after)) == sorted(str(row) for row in before if not is_hers(row))
