"""Records of one test's site, made short."""

import uuid
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from afterclick.signals import Event, Span
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NOON = 1_780_315_200_000
"""2026-06-01 12:00 UTC."""

MakeEvent = Callable[..., Event]
MakeSpan = Callable[..., Span]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]


over_both = pytest.mark.parametrize("behind", ["embedded", "http"], indirect=True)
"""Marks a test that runs over the embedded engine and over a server."""


@pytest.fixture
def store(request: pytest.FixtureRequest, behind: str, store: Store) -> Store:
    """The embedded engine, or for a test marked `over_both` once more the one behind HTTP."""
    return request.getfixturevalue("server_store") if behind == "http" else store


@pytest.fixture
def event(site: str) -> MakeEvent:
    """An event of the test's site: `event(type, **fields)`; times are given as ms after NOON."""

    def make(type: str, at: int = 0, **fields: object) -> Event:
        base: dict[str, object] = {"site": site, "event_id": str(uuid.uuid4()), "type": type}
        return msgspec.convert(base | {"time": NOON + at, "received": NOON + at} | fields, Event)

    return make


@pytest.fixture
def span(site: str) -> MakeSpan:
    """A span of the test's site: `span(service, name, at=ms after NOON, ms=duration, **fields)`."""

    def make(service: str, name: str, at: int = 0, ms: int = 10, **fields: object) -> Span:
        base: dict[str, object] = {
            "site": site,
            "span_id": uuid.uuid4().hex[:16],
            "service": service,
            "name": name,
        }
        base |= {"trace_id": uuid.uuid4().hex, "time": NOON + at, "received": NOON + at}
        base |= {"start_ns": (NOON + at) * 1_000_000, "duration_ns": ms * 1_000_000}
        return msgspec.convert(base | fields, Span)

    return make


@pytest.fixture
def keep(store: Store) -> Keep:
    """Insert events or spans as one batch."""

    def insert(*records: Event | Span, token: str | None = None) -> None:
        events = [record for record in records if isinstance(record, Event)]
        spans = [record for record in records if isinstance(record, Span)]
        store.insert("events", events_table(events), token or uuid.uuid4().hex)
        store.insert("spans", spans_table(spans), token or uuid.uuid4().hex)

    return insert


@pytest.fixture
def ask(store: Store, scope: Scope) -> Ask:
    """Rows of `SELECT …` over the test's site as dicts; ends with a WHERE that binds {site:String}."""

    def rows(sql: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = store.arrow(scope, Statement("test", sql), parameters)
        return answer.to_pylist(maps_as_pydicts="strict")

    return rows


@pytest.fixture
def visit() -> str:
    """A session id of its own: a UUIDv7 whose time part is NOON."""
    return str(uuid.UUID(int=(NOON << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1))))
