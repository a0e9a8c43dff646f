"""A span as sent, in either OTLP encoding, before anything is believed."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from afterclick.collect.otlp.resource import Origin
from afterclick.collect.otlp.spans.attributes import SpanAttributes
from afterclick.collect.otlp.values import Attributes


class WireMoment(NamedTuple):
    """One event of a span: its name, its time in ns since 1970, and its attributes."""

    name: str
    time_ns: int
    attributes: Attributes


class WireSpan(msgspec.Struct, gc=False):
    """A span as sent, in either encoding; `exception` holds the attributes of its last exception event.

    Ids are lower-case hex as far as they are hex; `attributes` belong to the span alone and are used up. `links` are
    pairs of a trace's and a span's id, `events` what happened meanwhile.
    """

    origin: Origin
    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    status: int
    status_message: str
    attributes: SpanAttributes
    exception: Attributes
    links: Sequence[tuple[str, str]] = ()
    events: Sequence[WireMoment] = ()
