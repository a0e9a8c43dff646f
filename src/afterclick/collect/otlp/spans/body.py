"""Reads spans in both OTLP encodings.

Source: opentelemetry-proto `trace/v1/trace.proto`.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from afterclick.collect.otlp.body import Telemetry
from afterclick.collect.otlp.envelope import JsonEnvelope
from afterclick.collect.otlp.messages import JsonSpan, JsonStatus
from afterclick.collect.otlp.resource import Origin
from afterclick.collect.otlp.spans.attributes import of_plain, of_protobuf
from afterclick.collect.otlp.spans.protobuf import span_of
from afterclick.collect.otlp.spans.wire import WireMoment, WireSpan
from afterclick.collect.otlp.values import Attributes, from_json, from_proto
from afterclick.collect.passage.fit import Lenient
from afterclick.collect.passage.passage import House, Passage

_SPAN = Lenient(JsonSpan)
_NO_STATUS = JsonStatus()
_REMEMBERED = 256


def decode(_: House, passage: Passage) -> None:
    """Read either encoding; a span that does not fit is refused alone."""
    passage.spans = _TRACES.read(passage)


def take_json(passage: Passage, request_body: bytes | msgspec.Raw, first: int = 0) -> None:
    """Read a JSON ExportTraceServiceRequest that is a part of another protocol's body; `first` is the place of its
    first span.

    Raises InvalidInput when it is none.
    """
    passage.spans += _TRACES.read_json(passage, request_body, first)


def _from_proto(origin: Origin, raw: bytes) -> Sequence[WireSpan]:
    span = span_of(raw)
    events = _proto_events(span.events) if span.events else ()
    status, status_message = _status(span.status)
    return (
        WireSpan(
            origin,
            span.trace_id.hex(),
            span.span_id.hex(),
            span.parent_span_id.hex(),
            span.name,
            span.kind,
            span.start_time_unix_nano,
            span.end_time_unix_nano,
            status,
            status_message,
            of_protobuf(span.attributes),
            _exception(events),
            _proto_links(span.links) if span.links else (),
            events,
        ),
    )


@lru_cache(_REMEMBERED)
def _status(raw: bytes) -> tuple[int, str]:
    """Code and message."""
    status = Status.FromString(raw)
    return status.code, status.message


def _proto_events(raw_events: Sequence[bytes]) -> list[WireMoment]:
    events = [Span.Event.FromString(raw) for raw in raw_events]
    return [WireMoment(one.name, one.time_unix_nano, from_proto(one.attributes)) for one in events]


def _proto_links(raw_links: Sequence[bytes]) -> list[tuple[str, str]]:
    links = [Span.Link.FromString(raw) for raw in raw_links]
    return [(link.trace_id.hex(), link.span_id.hex()) for link in links]


def _exception(events: Sequence[WireMoment]) -> Attributes:
    """Attributes of the last exception event."""
    return next((one.attributes for one in reversed(events) if one.name == "exception"), Attributes())


def _enum(told: int | str, value: Callable[[str], int]) -> int:
    """The number of an enum, which may be told by its name; 0, "unspecified", for a name that is none."""
    try:
        return int(told) if isinstance(told, int) else value(told)
    except ValueError:
        return 0


def _from_json(origin: Origin, raw: msgspec.Raw, odd: list[str]) -> Sequence[WireSpan]:
    span = _SPAN.decode(raw, odd)
    status = span.status or _NO_STATUS
    events = [WireMoment(one.name, int(one.time_unix_nano), from_json(one.attributes)) for one in span.events]
    return (
        WireSpan(
            origin,
            span.trace_id.lower(),
            span.span_id.lower(),
            span.parent_span_id.lower(),
            span.name,
            _enum(span.kind, Span.SpanKind.Value),
            int(span.start_time_unix_nano),
            int(span.end_time_unix_nano),
            _enum(status.code, Status.StatusCode.Value),
            status.message,
            of_plain(from_json(span.attributes)),
            _exception(events),
            [(link.trace_id.lower(), link.span_id.lower()) for link in span.links],
            events,
        ),
    )


_TRACES = Telemetry(
    "ExportTraceServiceRequest",
    JsonEnvelope("resourceSpans", "scopeSpans", "spans"),
    _from_proto,
    _from_json,
)
