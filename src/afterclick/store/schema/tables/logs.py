"""What services said."""

from afterclick.signals import LogRecord
from afterclick.store.schema.table import (
    ANYONE,
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

LOGS = Table(
    "logs",
    why="causes of problems",
    partition_by="toYYYYMM(time)",
    order_by="(site, toStartOfHour(time), service, time, log_id)",
    indexes=("by_trace trace_id TYPE bloom_filter(0.01)",),
    record=LogRecord,
    dated_by="time",
    sharded_by="sipHash64(log_id)",
    queryable=True,
    row="one log record, or event of a service",
    comes="inserted by the drain",
    people=People(
        holds="what services logged for a visit; attributes and texts that name a user",
        erased="records of their traces and those that name one of their ids are deleted by rewriting the parts",
        key=("log_id",),
    ),
    columns=(
        Column("site", WORD, ANYONE),
        Column("log_id", UUID, VISITS),
        Column("service", WORD, ANYONE),
        packed("time", TIME, ANYONE),
        packed("time_ns", "UInt64", ANYONE),
        packed("received", TIME, ANYONE),
        Column("severity_number", "UInt8", ANYONE),
        Column("severity_text", WORD, ANYONE),
        Column("event_name", WORD, ANYONE),
        packed("body", TEXT, VISITS),
        packed("trace_id", TEXT, VISITS),
        packed("span_id", TEXT, VISITS),
        Column("release", WORD, ANYONE),
        Column("scope", WORD, VISITS),
        packed("exception", TEXT, VISITS),
        Column("generated", "Bool", ANYONE),
        packed("resource", TEXT, VISITS),
        packed("attributes", TEXT, VISITS),
    ),
)
"""A repeated delivery collapses on the id that is made from a record's content."""
