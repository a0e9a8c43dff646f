"""A site beside whose rows another's stand in the same tables."""

import uuid

import msgspec
import pytest

from afterclick.signals import Event, Span
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NOON = 1_780_315_200_000
OTHERS = "marker7othersite"
"""The other site, which queries may name."""

OWN = "mine-private"
"""What a customer of the own site wrote: for who may see it."""

SECRET = "secret9ofothers"
"""Stands in every text of the other site's rows, and nowhere else."""


@pytest.fixture
def ours(store: Store) -> Scope:
    """A site beside whose rows another's stand in the same tables, with a marker in each."""
    mine = f"site-{uuid.uuid4().hex[:12]}"
    _insert(store, mine, text=OWN, name="mine")
    beside(store)
    return Scope(mine)


def beside(store: Store) -> None:
    """A visit, an order and a trace more of the other site."""
    _insert(store, OTHERS, text=SECRET, name=SECRET)


def _insert(store: Store, site: str, *, text: str, name: str) -> None:
    visit = str(uuid.UUID(int=(NOON << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1))))
    error = Event(
        site=site, event_id=str(uuid.uuid4()), type="error", name=name, time=NOON, received=NOON, session_id=visit,
        session_start=NOON, page_view_id=str(uuid.uuid4()), message=text, user_id=text, device_id=name,
    )  # fmt: skip
    order = msgspec.structs.replace(
        error, type="order", event_id=str(uuid.uuid4()), order_id=name, revenue=1.0
    )
    span = Span(
        site=site, trace_id=uuid.uuid4().hex, span_id=uuid.uuid4().hex[:16], service=name, name=name,
        time=NOON, received=NOON, start_ns=NOON * 1_000_000, duration_ns=1,
    )  # fmt: skip
    store.insert("events", events_table([error, order]), uuid.uuid4().hex)
    store.insert("spans", spans_table([span]), uuid.uuid4().hex)
