"""A history of the demo shop in the store, through the collector's own decoding but without its network."""

from collections.abc import Sequence
from typing import cast

from afterclick.accounts import Grant
from afterclick.clock import now_ms
from afterclick.collect.event import body as event_body
from afterclick.collect.event import record as event_record
from afterclick.collect.otlp import body as otlp_body
from afterclick.collect.otlp.spans import body as span_body
from afterclick.collect.otlp.spans import record as span_record
from afterclick.collect.passage.gate import Gate
from afterclick.collect.passage.passage import Durable, House, Passage
from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.transport.exposition import Metrics
from afterclick.demo.shoppers import History
from afterclick.settings import Settings
from afterclick.signals import Event, Span
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.store import Store

BLOCK = 100_000


class _Unused:
    """Stands for parts of the house that decoding does not touch."""


def tell(store: Store, settings: Settings, site: str, history: History) -> None:
    """Write the whole history into `site`."""
    _insert(store, site, *records(settings, site, history))


def records(settings: Settings, site: str, history: History) -> tuple[list[Event], list[Span]]:
    """The whole history as the collector would hand it over."""
    house = House(
        settings,
        cast("Gate", _Unused()),
        cast("Limiter", _Unused()),
        cast("Durable", _Unused()),
        cast("Metrics", _Unused()),
        now_ms,
    )
    grant = Grant(site, "", frozenset({"historical"}))
    events: list[Event] = []
    spans: list[Span] = []
    for batch in history:
        events += _events(house, grant, batch.events, history.now) if batch.n_events else []
        spans += _spans(house, grant, batch.spans, history.now) if batch.n_spans else []
    return events, spans


def _insert(store: Store, site: str, events: Sequence[Event], spans: Sequence[Span]) -> None:
    for at in range(0, len(events), BLOCK):
        store.insert("events", events_table(events[at : at + BLOCK]), f"{site}-events-{at}")
    for at in range(0, len(spans), BLOCK):
        store.insert("spans", spans_table(spans[at : at + BLOCK]), f"{site}-spans-{at}")


async def _nothing() -> dict[str, object]:
    return {}


def _events(house: House, grant: Grant, body: bytes, now: int) -> list[Event]:
    passage = Passage(
        "events", "/v1/events", {b"content-type": b"application/json"}, b"", _nothing, now, grant, body
    )
    event_body.decode(house, passage)
    event_record.clean(house, passage)
    return cast("list[Event]", passage.records.get("events", []))


def _spans(house: House, grant: Grant, body: bytes, now: int) -> list[Span]:
    headers = {b"content-type": otlp_body.PROTOBUF.encode()}
    passage = Passage("traces", "/v1/traces", headers, b"", _nothing, now, grant, body)
    span_body.decode(house, passage)
    span_record.clean(house, passage)
    return cast("list[Span]", passage.records.get("spans", []))
