"""Services by the minute, settled from their spans."""

from afterclick.store.schema.table import (
    ANYONE,
    SYNCED,
    TEXT,
    TIME,
    UUID,
    VISITS,
    WORD,
    Column,
    People,
    Table,
    packed,
)

SERVICE_MINUTES = Table(
    "service_minutes",
    why="services by the minute",
    engine="ReplacingMergeTree(version, gone)",
    partition_by="toYYYYMM(minute)",
    order_by="(site, minute, service, operation, kind, release)",
    settings=SYNCED,
    made_of="spans",
    dated_by="minute",
    sharded_by="sipHash64(site, minute)",
    queryable=True,
    row="a service's operation in one minute: spans, errors, duration percentiles",
    comes="settled",
    people=People(
        holds="names of operations, in which a service may have put an id",
        erased="minutes with the person's spans are computed anew from the spans that stay",
    ),
    columns=(
        Column("site", WORD, ANYONE),
        Column("minute", TIME, ANYONE),
        Column("service", WORD, ANYONE),
        Column("operation", WORD, ANYONE),
        Column("kind", WORD, ANYONE),
        Column("release", WORD, ANYONE),
        Column("spans", "UInt64", ANYONE),
        Column("errors", "UInt64", ANYONE),
        Column("duration_ms_sum", "Float64", ANYONE),
        Column("duration_ms", "Array(Float32)", ANYONE),
        Column("generated", "UInt64", ANYONE),
        Column("version", "UInt64", ANYONE),
        Column("gone", "UInt8", ANYONE),
    ),
)
"""Whole minutes are replaced by the newest version; `gone` takes away a row that the minute lost.
`duration_ms` has p50, p75, p95 and p99.
"""


SERVICE_EDGES = Table(
    "service_edges",
    why="calls between services by the minute: counts and times of all customers together",
    engine="ReplacingMergeTree(version, gone)",
    partition_by="toYYYYMM(minute)",
    order_by="(site, minute, environment, caller, callee)",
    settings=SYNCED,
    made_of="spans",
    dated_by="minute",
    sharded_by="sipHash64(site, minute)",
    queryable=True,
    row="calls from one service to another in one minute",
    comes="settled",
    columns=(
        Column("site", WORD, ANYONE),
        Column("minute", TIME, ANYONE),
        Column("environment", WORD, ANYONE),
        Column("caller", WORD, ANYONE),
        Column("callee", WORD, ANYONE),
        Column("calls", "UInt64", ANYONE),
        Column("errors", "UInt64", ANYONE),
        Column("duration_ms_sum", "Float64", ANYONE),
        Column("duration_ms", "Array(Float32)", ANYONE),
        Column("version", "UInt64", ANYONE),
        Column("gone", "UInt8", ANYONE),
    ),
)
"""A callee that sends no spans goes by the name that its caller gives it; the environment is the caller's."""


SERVER_SIGNALS = Table(
    "server_signals",
    why="requests that failed at the server or were slow there, whether or not a page knows of them",
    engine="ReplacingMergeTree(version, gone)",
    partition_by="toYYYYMM(minute)",
    order_by="(site, minute, trace_id, span_id)",
    settings=SYNCED,
    made_of="spans",
    dated_by="minute",
    sharded_by="sipHash64(site, minute)",
    queryable=True,
    row="the first server span of a trace, where it failed or took 1 s at least",
    comes="settled",
    people=People(
        holds="the trace of a visit's request, and the exception that it ended in",
        erased="minutes with the person's spans are computed anew from the spans that stay",
    ),
    columns=(
        Column("site", WORD, ANYONE),
        Column("minute", TIME, ANYONE),
        packed("trace_id", TEXT, VISITS),
        packed("span_id", TEXT, VISITS),
        Column("time", TIME, ANYONE),
        Column("service", WORD, ANYONE),
        Column("operation", WORD, ANYONE),
        Column("http_status", "UInt16", ANYONE),
        packed("exception", TEXT, VISITS),
        Column("failed", "UInt8", ANYONE),
        Column("duration_ms", "Float32", ANYONE),
        Column("version", "UInt64", ANYONE),
        Column("gone", "UInt8", ANYONE),
    ),
)
"""`exception` is that of the span, else its status message."""


DIRTY_MINUTES = Table(
    "dirty_minutes",
    why="which minutes are to be computed anew",
    engine="ReplacingMergeTree(settled)",
    order_by="(site, minute, ticket)",
    settings=SYNCED,
    made_of="spans",
    ttl="written + toIntervalDay(1) DELETE WHERE settled > toDateTime64(0, 3, 'UTC')",
    sharded_by="sipHash64(site, minute)",
    columns=(
        Column("site", WORD),
        Column("minute", TIME),
        Column("ticket", UUID),
        Column("settled", TIME),
        Column("written", "DateTime", default="now()"),
    ),
)
"""One ticket for each minute that an inserted block of spans touched, open until settling dates it. No deduplication
window: an insert that died half-way and comes again must leave its tickets again.
"""
