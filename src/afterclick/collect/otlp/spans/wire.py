"""A span as sent, in either OTLP encoding, before anything is believed."""

import msgspec

from afterclick.collect.otlp.resource import Resource
from afterclick.collect.otlp.spans.attributes import SpanAttributes
from afterclick.collect.otlp.values import Attributes


class WireSpan(msgspec.Struct, gc=False):
    """A span as sent, in either encoding; `exception` holds the attributes of its last exception event.

    Ids are lower-case hex as far as they are hex; `attributes` belong to the span alone and are used up.
    """

    resource: Resource
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
