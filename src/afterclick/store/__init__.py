"""The dataset: the engine's client, its schema, the spool and the drain in front of it, and the one way to read.

Enters: batches of records from the spool. Leaves: Arrow tables and typed rows, one site at a time.
"""

from afterclick.store.engine.query import Parameter, Reader, Scope, Statement, statements
from afterclick.store.engine.store import Store, open_store
from afterclick.store.schema.records import (
    EVENTS,
    LOGS,
    METRICS,
    SPANS,
    events_table,
    records_table,
    spans_table,
)

__all__ = [
    "EVENTS",
    "LOGS",
    "METRICS",
    "SPANS",
    "Parameter",
    "Reader",
    "Scope",
    "Statement",
    "Store",
    "events_table",
    "open_store",
    "records_table",
    "spans_table",
    "statements",
]
