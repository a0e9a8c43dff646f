"""One row a visit: what it did, felt and paid."""

from afterclick.store.schema.nobody import NOBODY
from afterclick.store.schema.table import (
    ANYONE,
    MONEY,
    PERSONAL,
    TEXT,
    TIME,
    UUID,
    VISIT_BY_VISIT,
    VISITS,
    WORD,
    Column,
    People,
    Table,
    by_key,
    every,
    largest,
    packed,
    part,
    several,
)

_NOBODY = str([*NOBODY])
_USER = "tupleElement(known, 'user_id')"
_WHO = (
    f"multiIf(({_USER} != '') AND (NOT has({_NOBODY}, lower({_USER}))), "
    f"bitOr(sipHash64(site, {_USER}), bitShiftLeft(toUInt64(1), 63)), "
    f"(device_id != '') AND (NOT has({_NOBODY}, lower(device_id))), "
    "bitOr(bitShiftRight(sipHash64(site, device_id), 2), bitShiftLeft(toUInt64(1), 62)), toUInt64(0))"
)
_ENTRY = (
    *(("landing_host", WORD, ANYONE), ("landing_path", TEXT, ANYONE), ("referrer", WORD, VISITS)),
    *(("channel", WORD, ANYONE), ("campaign", WORD, ANYONE), ("country", WORD, ANYONE)),
    *(("region", WORD, PERSONAL), ("device_class", WORD, ANYONE), ("device_tier", WORD, ANYONE)),
    *(("browser", WORD, ANYONE), ("os", WORD, ANYONE), ("visitor", WORD, ANYONE), ("release", WORD, ANYONE)),
)
"""What a visit is labelled by: each of its first page view, so that all of it belongs together."""
_NAMES = ", ".join(f"{name} String" for name, _, _ in _ENTRY)
_ENTRY_TYPE = f"Tuple(is_page UInt8, earliness UInt64, event_id UUID, {_NAMES})"
_ORDERS = "Map(String, Tuple(revenue Decimal(18, 4), currency String))"
_PAID = "Map(String, Decimal(38, 4))"
_EXCHANGED = (
    "Array(Tuple(currency String, into String, told Decimal(38, 4), told_net Decimal(38, 4), paid Decimal(38, 4), "
    "paid_net Decimal(38, 4), day Date))"
)

SESSIONS = Table(
    "sessions",
    why="one row a visit",
    engine="AggregatingMergeTree",
    partition_by="toYYYYMM(session_start)",
    order_by="(site, session_start, session_id)",
    indexes=("by_session session_id TYPE bloom_filter(0.01)",),
    made_of="events",
    rebuilt="by month",
    dated_by="session_start",
    sharded_by="sipHash64(session_id)",
    beside_events=True,
    queryable=True,
    row="one visit: who and where from, its steps, what it felt, its orders and refunds",
    comes="with each insert",
    people=People(
        holds="user and device id of a visit, its steps, rating and orders",
        erased=VISIT_BY_VISIT,
        key=("session_id",),
        found_by={"session_id": "visit"},
    ),
    columns=(
        Column("site", WORD, ANYONE),
        Column("session_start", TIME, ANYONE),
        Column("session_id", UUID, VISITS),
        Column("last", largest(TIME), ANYONE),
        packed("entry", largest(_ENTRY_TYPE), VISITS | PERSONAL),
        packed("known", largest(f"Tuple(time {TIME}, event_id UUID, user_id String)"), PERSONAL),
        packed("device_id", largest(TEXT), VISITS),
        packed(
            "steps", several(1000, "Tuple(time DateTime64(3, 'UTC'), step String, page_view_id UUID)"), VISITS
        ),
        Column("lcp", largest("Nullable(Float32)"), ANYONE),
        Column("inp", largest("Nullable(Float32)"), ANYONE),
        Column("cls", largest("Nullable(Float32)"), ANYONE),
        Column("slowest_request_ms", largest("Float32"), ANYONE),
        Column("slowest_resource_ms", largest("Float32"), ANYONE),
        Column("errors", several(1000, "UInt64"), ANYONE),
        Column("failed_requests", several(1000, "UInt64"), ANYONE),
        Column("struggles", several(1000, "UInt64"), ANYONE),
        packed(
            "rating", largest("Tuple(time DateTime64(3, 'UTC'), value Float32, message String)"), PERSONAL
        ),
        Column("orders", by_key("Tuple(revenue Decimal(18, 4), currency String)"), MONEY | PERSONAL),
        Column(
            "refunds",
            by_key("Tuple(order_id String, revenue Decimal(18, 4), currency String)"),
            MONEY | PERSONAL,
        ),
        Column("told_before", every(TEXT), PERSONAL),
        Column("who", largest("UInt64"), PERSONAL, default=_WHO),
        Column("node", largest("UInt64"), PERSONAL),
        part("user_id", TEXT, PERSONAL, "known"),
        *(part(name, type, needs, "entry") for name, type, needs in _ENTRY),
    ),
)
"""`steps` has one entry a page view, to be sorted by time. `errors`, `failed_requests` and `struggles` have one hash an
event, so that a repetition counts once.
`entry` is the first page view, and the first event of a visit without any; `known` the last event that names a user. An
`earliness` is the greater the earlier, so that a row that lacks it loses.
`orders` is what the visit told of orders, by order id, and of those that are its own what anyone told; `refunds` those
of its orders, by the refund's event id, brought by settling, one without a sum and a currency takes what is left;
`told_before` the orders that are another visit's, since that told of them before.
`who` is the key of the visit's user, else of its device, 0 for neither; `node` its upper half above the node's number,
which a job fills in. Both are maxima, so a user wins.
"""


SESSION_REVENUE_LESS_REFUNDS = Table(
    "session_revenue_less_refunds",
    why="a view of sessions",
    engine="View",
    made_of="sessions",
    columns=(
        *(
            Column("orders", _ORDERS, MONEY | PERSONAL) if one.name == "orders" else one
            for one in SESSIONS.columns
        ),
        Column("converted", "UInt8", ANYONE),
        Column("n_orders", "UInt64", ANYONE),
        Column("orders_in", "Map(String, UInt64)", MONEY),
        Column("paid", _PAID, MONEY),
        Column("paid_net", _PAID, MONEY),
        Column("currency", TEXT, MONEY),
        Column("revenue", "Decimal(38, 4)", MONEY),
        Column("revenue_net", "Decimal(38, 4)", MONEY),
        Column("exchanged", _EXCHANGED, MONEY),
        Column("over_refunded", "UInt8", MONEY),
        Column("refunded_apart", "UInt8", MONEY),
    ),
)
"""`orders` are those that are the visit's own, as they were told. `paid`, `paid_net` and `orders_in`, how many, are by
currency, that of the site for those that a rate converts; `revenue` and `revenue_net` are those of `currency`, that of
most of its orders. `exchanged` has one entry an order that was converted: its own `currency` and sums as
they were told, the same `into` the site's as `paid` and `paid_net` hold them, and the `day` of the rate.
"""


SESSION_FELT = Table(
    "session_felt",
    why="a view of sessions",
    engine="View",
    made_of="sessions",
    queryable=True,
    row="`sessions` and `counted`, `slow`, `error`, `struggle`, `good`, `converted`, `n_orders`, `paid` and `paid_net` "
    "by currency, `revenue` and `revenue_net` of `currency`, `exchanged` ([converted](definitions.md#exchange)), "
    "`over_refunded`, `refunded_apart`, counts",
    comes="a view",
    columns=(
        *SESSION_REVENUE_LESS_REFUNDS.columns,
        Column("n_errors", "UInt64", ANYONE),
        Column("n_failed_requests", "UInt64", ANYONE),
        Column("n_struggles", "UInt64", ANYONE),
        Column("n_page_views", "UInt32", ANYONE),
        Column("slow", "UInt8", ANYONE),
        Column("error", "UInt8", ANYONE),
        Column("struggle", "UInt8", ANYONE),
        Column("good", "UInt8", ANYONE),
        Column("counted", "UInt8", ANYONE),
    ),
)


VISITS_COUNTED = Table(
    "visits_counted",
    why="a view of sessions",
    engine="View",
    made_of="sessions",
    columns=(*SESSION_FELT.columns, Column("visit_keys", "Array(String)")),
)


VISITS_LEFT_OUT = Table(
    "visits_left_out",
    why="a view of sessions",
    engine="View",
    made_of="sessions",
    columns=SESSIONS.columns[:3],
)


SESSION_PERSON = Table(
    "session_person",
    why="a view of sessions",
    engine="View",
    made_of="sessions",
    queryable=True,
    row="one visit, whether it is `counted`, and its `person`, see [customers.md](customers.md)",
    comes="a view",
    columns=(
        Column("site", WORD, ANYONE),
        Column("session_start", TIME, ANYONE),
        Column("session_id", UUID, VISITS),
        Column("device_id", largest(TEXT), VISITS),
        Column("user_id", TEXT, PERSONAL),
        Column("device_class", WORD, ANYONE),
        Column("counted", "UInt8", ANYONE),
        Column("person", "UInt32", PERSONAL),
    ),
)


PEOPLE_COUNTED = Table(
    "people_counted",
    why="a view of sessions",
    engine="View",
    made_of="sessions",
    columns=SESSION_PERSON.columns,
)
