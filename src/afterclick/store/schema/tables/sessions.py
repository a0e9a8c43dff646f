"""One row a visit: what it did, felt and paid."""

from afterclick.store.schema.nobody import NOBODY
from afterclick.store.schema.table import (
    ANYONE,
    MONEY,
    PERSONAL,
    SUM,
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
    largest,
    packed,
    several,
)

_NOBODY = str([*NOBODY])
_WHO = (
    f"multiIf((user_id != '') AND (NOT has({_NOBODY}, lower(user_id))), "
    "bitOr(sipHash64(site, user_id), bitShiftLeft(toUInt64(1), 63)), "
    f"(device_id != '') AND (NOT has({_NOBODY}, lower(device_id))), "
    "bitOr(bitShiftRight(sipHash64(site, device_id), 2), bitShiftLeft(toUInt64(1), 62)), toUInt64(0))"
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
        packed("device_id", largest(TEXT), VISITS),
        packed("user_id", largest(TEXT), PERSONAL),
        Column("visitor", largest(WORD), ANYONE),
        Column("country", largest(WORD), ANYONE),
        Column("region", largest(WORD), PERSONAL),
        Column("channel", largest(WORD), ANYONE),
        Column("campaign", largest(WORD), ANYONE),
        Column("referrer", largest(WORD), VISITS),
        Column("device_class", largest(WORD), ANYONE),
        Column("device_tier", largest(WORD), ANYONE),
        Column("browser", largest(WORD), ANYONE),
        Column("os", largest(WORD), ANYONE),
        Column("release", largest(WORD), ANYONE),
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
        Column("orders", by_key(SUM), MONEY | PERSONAL),
        Column("refunds", by_key(SUM), MONEY | VISITS),
        Column("currency", largest(WORD), ANYONE),
        Column("who", largest("UInt64"), PERSONAL, default=_WHO),
        Column("node", largest("UInt64"), PERSONAL),
    ),
)
"""`steps` has one entry a page view, to be sorted by time. `errors`, `failed_requests` and `struggles` have one hash an
event, so that a repetition counts once. `orders` is gross by order id, `refunds` by the refund's event id.
`who` is the key of the visit's user, else of its device, 0 for neither; `node` its upper half above the node's number,
which a job fills in. Both are maxima, so a user wins.
"""


SESSION_REVENUE_LESS_REFUNDS = Table(
    "session_revenue_less_refunds",
    why="a view of sessions",
    engine="View",
    made_of="sessions",
    columns=(
        *SESSIONS.columns,
        Column("converted", "UInt8", ANYONE),
        Column("n_orders", "UInt64", ANYONE),
        Column("revenue", "Decimal(38, 4)", MONEY),
        Column("revenue_net", "Decimal(38, 4)", MONEY),
    ),
)


SESSION_FELT = Table(
    "session_felt",
    why="a view of sessions",
    engine="View",
    made_of="sessions",
    queryable=True,
    row="`sessions` and `counted`, `slow`, `error`, `struggle`, `good`, `converted`, `n_orders`, `revenue`, "
    "`revenue_net`, counts",
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
        Column("user_id", largest(TEXT), PERSONAL),
        Column("device_class", largest(WORD), ANYONE),
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
