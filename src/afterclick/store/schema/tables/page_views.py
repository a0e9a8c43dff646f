"""One row a page view: what was met on it."""

from afterclick.store.schema.table import (
    ANYONE,
    MONEY,
    TEXT,
    TIME,
    UUID,
    VISIT_BY_VISIT,
    VISITS,
    WORD,
    Column,
    People,
    Table,
    largest,
    packed,
    several,
    smallest,
)

_REQUEST = (
    "Tuple(time DateTime64(3, 'UTC'), method String, target String, "
    "duration_ms Float32, status UInt16, trace_id String)"
)

PAGE_VIEWS = Table(
    "page_views",
    why="one row a page view",
    engine="AggregatingMergeTree",
    partition_by="toYYYYMM(session_start)",
    order_by="(site, session_start, session_id, page_view_id)",
    indexes=("by_session session_id TYPE bloom_filter(0.01)",),
    made_of="events",
    rebuilt="by month",
    dated_by="session_start",
    sharded_by="sipHash64(session_id)",
    beside_events=True,
    queryable=True,
    row="one page view: where, its vitals, errors, struggles, requests, slow resources",
    comes="with each insert",
    people=People(
        holds="what was met on a page view of a visit",
        erased=VISIT_BY_VISIT,
        key=("session_id", "page_view_id"),
        found_by={"session_id": "visit"},
    ),
    columns=(
        Column("site", WORD, ANYONE),
        Column("session_start", TIME, ANYONE),
        Column("session_id", UUID, VISITS),
        Column("page_view_id", UUID, VISITS),
        Column("time", smallest(TIME), ANYONE),
        Column("last", largest(TIME), ANYONE),
        packed("path", largest(TEXT), ANYONE),
        Column("route", largest(WORD), ANYONE),
        Column("step", largest(WORD), ANYONE),
        Column("release", largest(WORD), ANYONE),
        Column("lcp", largest("Nullable(Float32)"), ANYONE),
        Column("inp", largest("Nullable(Float32)"), ANYONE),
        Column("cls", largest("Nullable(Float32)"), ANYONE),
        Column("fcp", largest("Nullable(Float32)"), ANYONE),
        Column("ttfb", largest("Nullable(Float32)"), ANYONE),
        packed("lcp_by", largest("Tuple(value Float32, target String, source String)"), ANYONE),
        packed("inp_by", largest("Tuple(value Float32, target String, source String)"), ANYONE),
        packed("cls_by", largest("Tuple(value Float32, target String, source String)"), ANYONE),
        Column("cart_value", largest("Float64"), MONEY),
        Column("slowest_request_ms", largest("Float32"), ANYONE),
        Column("slowest_resource_ms", largest("Float32"), ANYONE),
        Column("any_error", largest("UInt8"), ANYONE),
        Column("any_failed_request", largest("UInt8"), ANYONE),
        Column("any_struggle", largest("UInt8"), ANYONE),
        packed(
            "errors", several(200, "Tuple(time DateTime64(3, 'UTC'), name String, source String)"), ANYONE
        ),
        packed(
            "struggles", several(200, "Tuple(time DateTime64(3, 'UTC'), name String, target String)"), ANYONE
        ),
        packed(
            "requests",
            several(
                500,
                _REQUEST,
            ),
            ANYONE,
        ),
        packed(
            "resources",
            several(
                200,
                "Tuple(time DateTime64(3, 'UTC'), name String, source String, duration_ms Float32, status UInt16)",
            ),
            ANYONE,
        ),
        Column("tags", several(100, TEXT), ANYONE),
    ),
)
"""Arrays are capped, so that a hostile visit stays small. Which entries a capped array keeps depends on their order,
but no number does: a capped length is the cap, and what a flag needs stands in a maximum of its own.
`path`, `route`, `step` and `release` are those of the page_view event, empty when that event was lost.
"""


PAGE_VIEW_FELT = Table(
    "page_view_felt",
    why="a view of page_views",
    engine="View",
    made_of="page_views",
    queryable=True,
    row="`page_views` and `slow`, `slow_by`, `error`, `struggle`, `failed_requests`, `page_keys`",
    comes="a view",
    columns=(
        *PAGE_VIEWS.columns,
        Column("slow_by", TEXT, ANYONE),
        Column("slow", "UInt8", ANYONE),
        Column("error", "UInt8", ANYONE),
        Column("struggle", largest("UInt8"), ANYONE),
        Column(
            "failed_requests",
            "Array(Tuple(time DateTime64(3, 'UTC'), method String, target String, duration_ms Float32, "
            "status UInt16, trace_id String))",
            ANYONE,
        ),
        Column("page_keys", "Array(String)", ANYONE),
    ),
)
