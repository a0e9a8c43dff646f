"""What services did."""

from afterclick.signals import Span
from afterclick.store.schema.table import ANYONE, TEXT, TIME, VISITS, WORD, Column, People, Table, packed

SPANS = Table(
    "spans",
    why="causes of problems",
    partition_by="toYYYYMM(time)",
    order_by="(site, toStartOfHour(time), trace_id, span_id)",
    indexes=("by_trace trace_id TYPE bloom_filter(0.01)",),
    record=Span,
    dated_by="time",
    sharded_by="sipHash64(trace_id)",
    queryable=True,
    row="one operation of one service",
    comes="inserted by the drain",
    people=People(
        holds="what services did for a visit; attributes that name a user",
        erased="spans of the person's traces and those that name one of their ids are deleted by rewriting the parts",
        key=("trace_id", "span_id"),
    ),
    columns=(
        Column("site", WORD, ANYONE),
        packed("trace_id", TEXT, VISITS),
        packed("span_id", TEXT, VISITS),
        packed("parent_span_id", TEXT, VISITS),
        Column("service", WORD, ANYONE),
        Column("name", WORD, ANYONE),
        Column("kind", WORD, ANYONE),
        packed("time", TIME, ANYONE),
        packed("start_ns", "UInt64", ANYONE),
        packed("duration_ns", "UInt64", ANYONE),
        packed("received", TIME, ANYONE),
        Column("status", WORD, ANYONE),
        packed("status_message", TEXT, VISITS),
        Column("http_status", "UInt16", ANYONE),
        Column("peer", WORD, ANYONE),
        Column("release", WORD, ANYONE),
        packed("exception", TEXT, VISITS),
        Column("generated", "Bool", ANYONE),
        packed("attributes", TEXT, VISITS),
        Column("environment", WORD, ANYONE),
        Column("scope", WORD, ANYONE),
        packed("links", f"Array({TEXT})", VISITS),
        packed("events", TEXT, VISITS),
    ),
)
