"""Orders, and what asks that they reach their visits."""

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
    part,
    smallest,
)

_TOLD = f"Tuple(in_visit UInt8, earliness UInt64, session_start {TIME}, session_id UUID)"
_MONEY = "Tuple(revenue Decimal(18, 4), currency String)"

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
        Column("told", largest(_TOLD), VISITS),
        Column("device_id", largest(TEXT), VISITS),
        Column("user_id", largest(TEXT), PERSONAL),
        Column("money", largest(_MONEY), MONEY),
        Column("refunds", by_key(_MONEY), MONEY | VISITS),
        part("session_id", UUID, VISITS, "told"),
        part("session_start", TIME, ANYONE, "told"),
        part("revenue", SUM, MONEY, "money"),
        part("currency", WORD, ANYONE, "money"),
    ),
)
"""`told` is where it was told of first, in a visit if in any: that is the order's visit; what a
server alone told, without a device or a page, as if it were told half an hour later. `money` is the greatest sum
that anyone told of it, with its currency; `refunds` by the refund's event id, one without a sum and a currency takes
what is left.
"""


ORDER_LESS_REFUNDS = Table(
    "order_less_refunds",
    why="a view of orders",
    engine="View",
    made_of="orders",
    queryable=True,
    row="`orders` and `refunded`, `revenue_net`, `over_refunded`, `refunded_apart`, all in the order's own `currency`; "
    "`booked` and `booked_net` of `booked_currency`, as [totals](definitions.md#exchange) take them",
    comes="a view",
    columns=(
        *ORDERS.columns,
        Column("refunded", "Decimal(38, 4)", MONEY),
        Column("revenue_net", "Decimal(38, 4)", MONEY),
        Column("over_refunded", "UInt8", MONEY),
        Column("refunded_apart", "UInt8", MONEY),
        Column("booked_currency", TEXT, ANYONE),
        Column("booked", "Decimal(38, 4)", MONEY),
        Column("booked_net", "Decimal(38, 4)", MONEY),
    ),
)


ORDER_TICKETS = Table(
    "order_tickets",
    why="orders that are to reach their visits",
    engine="ReplacingMergeTree(settled)",
    order_by="(site, order_id, event_id)",
    made_of="events",
    sharded_by="sipHash64(order_id)",
    people=People(
        holds="order number, and the visits that told of it",
        erased="tickets of the person's orders are deleted by rewriting the part",
        kept="until erased",
        key=("order_id", "event_id"),
        found_by={"order_id": "order"},
    ),
    columns=(
        Column("site", WORD),
        Column("order_id", TEXT),
        Column("event_id", UUID),
        Column("session_start", TIME),
        Column("session_id", UUID),
        Column("settled", TIME),
    ),
)
"""One row an order's or refund's event, open until settling has brought the order to its visit; which visit told of the
order, none for a refund.
"""
