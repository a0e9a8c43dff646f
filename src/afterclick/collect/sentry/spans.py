"""Maps Sentry's spans, in all three of its forms, to spans, and a browser's also to events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from afterclick.collect.event.flat import scalar, text
from afterclick.collect.otlp.resource import Origin, Resource
from afterclick.collect.otlp.spans.attributes import of_plain
from afterclick.collect.otlp.spans.wire import WireSpan
from afterclick.collect.passage.cleaning import cut, label
from afterclick.collect.passage.fit import as_number
from afterclick.collect.sentry.payload import (
    Attribute,
    ChildSpan,
    Data,
    Event,
    Link,
    Measurement,
    StreamedSpan,
    Time,
    TraceContext,
)

_KINDS = {
    "http.server": ProtoSpan.SPAN_KIND_SERVER,
    "websocket.server": ProtoSpan.SPAN_KIND_SERVER,
    "queue.process": ProtoSpan.SPAN_KIND_CONSUMER,
    "queue.publish": ProtoSpan.SPAN_KIND_PRODUCER,
    "queue.submit": ProtoSpan.SPAN_KIND_PRODUCER,
}
_CLIENTS = ("http.client", "db", "cache", "grpc.client", "rpc.client", "graphql.client")
_UNSET = ("", "unset", "unknown", "cancelled")
_PERSONAL = frozenset(("user.email", "user.name", "user.username", "user.ip_address", "client.address"))
_NOISE = frozenset(("sentry.sdk.integrations", "thread.id", "thread.name", "culture.calendar"))
VITALS = ("lcp", "inp", "cls", "fcp", "ttfb")
_LATEST_S = 10**11  # seconds: no time beyond fits the 64 bits of nanoseconds


@dataclass(frozen=True)
class Told:
    """A span as any of the forms tells it; `data` are its attributes, web vitals under `browser.web_vital.*`."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    op: str
    origin: str
    status: str
    start: Time
    end: Time
    data: Data = field(default_factory=Data)
    links: Sequence[tuple[str, str]] = ()


def of_transaction(event: Event) -> Told:
    """The root span of a transaction."""
    trace = (event.contexts.trace if event.contexts else None) or TraceContext()
    return Told(
        trace.trace_id or "",
        trace.span_id or "",
        trace.parent_span_id or "",
        event.transaction or trace.op or "",
        trace.op or "",
        trace.origin or "",
        trace.status or "",
        event.start_timestamp,
        event.timestamp,
        _measured(trace.data, event.measurements),
        _links(trace.links),
    )


def of_child(span: ChildSpan) -> Told:
    """A span of a transaction, or one sent alone."""
    return Told(
        span.trace_id,
        span.span_id,
        span.parent_span_id or "",
        span.description or span.op or "",
        span.op or "",
        span.origin or "",
        span.status or "",
        span.start_timestamp,
        span.timestamp,
        _measured(span.data, span.measurements),
        _links(span.links),
    )


def of_streamed(span: StreamedSpan) -> Told:
    """A span of a container."""
    data = {name: one.value for name, one in (span.attributes or {}).items() if isinstance(one, Attribute)}
    return Told(
        span.trace_id,
        span.span_id,
        span.parent_span_id or "",
        span.name or "",
        text(data.pop("sentry.op", None)),
        text(data.pop("sentry.origin", None)),
        span.status or "",
        span.start_timestamp,
        span.end_timestamp,
        data,
        _links(span.links),
    )


def _links(links: Iterable[Link | None] | None) -> list[tuple[str, str]]:
    return [(link.trace_id.lower(), link.span_id.lower()) for link in links or () if link]


def _measured(data: Data | None, measurements: Mapping[str, Measurement | None] | None) -> Data:
    """The older names of web vitals as the newer ones: `measurements.lcp`, `data["lcp.element"]`."""
    found: Data = {}
    for name, value in (data or {}).items():
        is_vital = name.startswith(("lcp.", "cls.", "inp."))
        found[f"browser.web_vital.{name}" if is_vital else name] = value
    for name, one in (measurements or {}).items():
        if one is not None and one.value is not None:
            told = f"browser.web_vital.{name}.value" if name in VITALS else f"measurements.{name}"
            found[told] = one.value * (1000 if one.unit == "second" else 1)
    return found


def span_of(told: Told, resource: Resource) -> WireSpan:
    """The span as ours; raises ValueError when its times are none."""
    failed = told.status not in ("ok", *_UNSET)
    code = Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_OK if told.status == "ok" else 0
    attributes = {
        ("url.full" if name == "url" else name): scalar(value)
        for name, value in told.data.items()
        if name not in _PERSONAL and name not in _NOISE
    }
    if told.op:
        attributes["sentry.op"] = told.op
    return WireSpan(
        Origin(resource, label(cut(told.origin, 128))),
        told.trace_id.lower(),
        told.span_id.lower(),
        told.parent_span_id.lower(),
        told.name,
        _kind(told.op),
        _nanoseconds(told.start),
        _nanoseconds(told.end),
        code,
        told.status if failed else "",
        of_plain(dict(attributes)),
        {},
        told.links,
    )


def service_of(names: Iterable[str | None]) -> str:
    """The first name that is one."""
    return next((label(cut(name, 128)) for name in names if name), "unknown_service")


def _kind(op: str) -> int:
    is_client = any(op == name or op.startswith(f"{name}.") for name in _CLIENTS)
    return _KINDS.get(op, ProtoSpan.SPAN_KIND_CLIENT if is_client else ProtoSpan.SPAN_KIND_INTERNAL)


def _nanoseconds(time: Time) -> int:
    """Seconds since 1970, or ISO 8601, to the microsecond that SDKs measure; raises ValueError."""
    if isinstance(time, str):
        moment = datetime.fromisoformat(time)
        time = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    seconds = as_number(time)
    if seconds is None or not 0 <= seconds < _LATEST_S:
        raise ValueError(f"{time!r} is no time in seconds since 1970 or ISO 8601")
    return round(seconds * 1e6) * 1000
