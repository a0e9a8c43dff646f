"""Orders, and refunds on their way to them."""

from afterclick.store.schema.table import (
    ANYONE,
    MONEY,
    PERSONAL,
    SUM,
    TEXT,
    TIME,
    UUID,
    VISITS,
    WORD,
    Column,
    People,
    Table,
    by_key,
    largest,
    smallest,
)

ORDERS = Table(
    "orders",
    why="one row an order",
    engine="AggregatingMergeTree",
    order_by="(site, order_id)",
    made_of="events",
    rebuilt="whole",
    dated_by="time",
    sharded_by="sipHash64(order_id)",
    queryable=True,
    row="one order with its refunds, whatever the visit",
    comes="with each insert",
    people=People(
        holds="user and device id, order number and sum",
        erased="orders of the person are deleted by rewriting the part",
        key=("order_id",),
        found_by={"order_id": "order"},
    ),
    columns=(
        Column("site", WORD, ANYONE),
        Column("order_id", TEXT, PERSONAL),
        Column("time", smallest(TIME), ANYONE),
        Column("session_id", largest(UUID), VISITS),
        Column("session_start", largest(TIME), ANYONE),
        Column("device_id", largest(TEXT), VISITS),
        Column("user_id", largest(TEXT), PERSONAL),
        Column("revenue", largest(SUM), MONEY),
        Column("refunds", by_key(SUM), MONEY | VISITS),
        Column("currency", largest(WORD), ANYONE),
    ),
)
"""One row an order, whatever the visit; `refunds` by the refund's event id."""


LATE_REFUNDS = Table(
    "late_refunds",
    why="refunds that wait for their order",
    engine="ReplacingMergeTree(settled)",
    order_by="(site, order_id, event_id)",
    made_of="events",
    sharded_by="sipHash64(order_id)",
    people=People(
        holds="order number and sum",
        erased="refunds of the person's orders are deleted by rewriting the part",
        kept="until erased",
        key=("order_id", "event_id"),
        found_by={"order_id": "order"},
    ),
    columns=(
        Column("site", WORD),
        Column("order_id", TEXT),
        Column("event_id", UUID),
        Column("revenue", SUM),
        Column("settled", TIME),
    ),
)
"""Refunds that came outside a visit, open until settling has carried them to the visit of their order."""
