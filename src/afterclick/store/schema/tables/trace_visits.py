"""From a trace to the visit that set it off."""

from afterclick.store.schema.table import (
    ANYONE,
    TEXT,
    TIME,
    UUID,
    VISIT_BY_VISIT,
    VISITS,
    WORD,
    Column,
    People,
    Table,
    packed,
)

TRACE_VISITS = Table(
    "trace_visits",
    why="from a visit to its traces",
    partition_by="toYYYYMM(session_start)",
    order_by="(site, trace_id, session_id, page_view_id)",
    made_of="events",
    rebuilt="by month",
    dated_by="session_start",
    sharded_by="sipHash64(trace_id)",
    queryable=True,
    row="which visit and page view set off a trace",
    comes="with each insert",
    people=People(
        holds="which visit set off a trace",
        erased=VISIT_BY_VISIT,
        key=("trace_id", "session_id"),
        found_by={"session_id": "visit", "trace_id": "trace"},
    ),
    columns=(
        Column("site", WORD, ANYONE),
        packed("trace_id", TEXT, VISITS),
        Column("session_start", TIME, ANYONE),
        Column("session_id", UUID, VISITS),
        Column("page_view_id", UUID, VISITS),
    ),
)
"""Which visit, and which page view of it, set off a trace."""
