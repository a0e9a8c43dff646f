"""Makes records of spans: impossible ones refused, standard attributes to columns, personal data out of the
rest.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from afterclick.collect.otlp.attributes import as_json, exception
from afterclick.collect.otlp.spans.attributes import take
from afterclick.collect.otlp.spans.callee import called
from afterclick.collect.otlp.spans.meanwhile import told_events
from afterclick.collect.otlp.spans.wire import WireSpan
from afterclick.collect.otlp.values import SPAN_ID, TRACE_ID, Plain, text
from afterclick.collect.passage.cleaning import label, scrubbed
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.window import Window
from afterclick.drops import DropReason
from afterclick.signals import Span, SpanKind, SpanStatus

_CALLS = (ProtoSpan.SPAN_KIND_CLIENT, ProtoSpan.SPAN_KIND_PRODUCER)
_KINDS: tuple[SpanKind, ...] = ("internal", "internal", "server", "client", "producer", "consumer")
_STATUSES: tuple[SpanStatus, ...] = ("unset", "ok", "error")
_LONGEST_NS = 2**63 - 1
_ROUNDED_NS = 1_000_000
"""By so much a span may end before it starts: clocks are rounded, and read on two cores."""
_MOST_LINKS = 128  # as many as SDKs send
_REMEMBERED = 4096  # names of operations are few
_ROOT = "0" * 16  # some exporters write out the parent that a root has not

# Semantic conventions, the current name first, then the ones it replaced.
_HTTP_STATUS = ("http.response.status_code", "http.status_code")
_GENERATED = ("afterclick.generated",)
_CALLER = ("net.peer.ip", "network.peer.address")
"""Of a server's span the customer's address, of a client's the address of what it called."""
_PEER = ("peer.service", "server.address", "net.peer.name")


def validate(house: House, passage: Passage) -> None:
    """Refuse spans whose own ids or times cannot be; a parent's id that cannot be is left out."""
    window = Window.of(house, passage)
    kept: list[tuple[int, WireSpan]] = []
    for index, span in passage.spans:
        fault = _fault(span, window)
        if fault is None:
            if span.parent_span_id and not SPAN_ID.fullmatch(span.parent_span_id):
                _leave_out_parent(passage, index, span)
            kept.append((index, span))
        else:
            passage.drop(index, *fault)
    passage.spans = kept


def _leave_out_parent(passage: Passage, index: int, span: WireSpan) -> None:
    """Keep a span whose parent's id is none as one that has no parent."""
    if span.parent_span_id != _ROOT:
        passage.leave_out(index, ["parent_span_id"])
    span.parent_span_id = ""


def _fault(span: WireSpan, window: Window) -> tuple[DropReason, str] | None:
    if not TRACE_ID.fullmatch(span.trace_id):
        return "bad_id", "A trace id is 16 bytes, not all zero."
    if not SPAN_ID.fullmatch(span.span_id):
        return "bad_id", "A span id is 8 bytes, not all zero."
    if -_ROUNDED_NS <= span.end_ns - span.start_ns < 0:
        span.end_ns = span.start_ns
    if not 0 <= span.end_ns - span.start_ns <= _LONGEST_NS:
        return "bad_time", "A span ends at or after its start."
    reason = window.fault(span.start_ns // 1_000_000) or window.fault(span.end_ns // 1_000_000)
    return (reason, "A span starts within what is kept, and ends not ahead of our clock.") if reason else None


def clean(_: House, passage: Passage) -> None:
    """Make records: standard attributes to columns, personal data out of the rest."""
    received = None if passage.grant.historical else passage.now
    passage.keep("spans", [_record(passage.grant.site, span, received) for _, span in passage.spans])


def _record(site: str, span: WireSpan, received: int | None) -> Span:
    attributes = span.attributes
    time = span.start_ns // 1_000_000
    http_status = _http_status(take(attributes, _HTTP_STATUS))
    peer = take(attributes, _PEER[:1] if span.kind == ProtoSpan.SPAN_KIND_SERVER else _PEER)
    if not peer and span.kind in _CALLS:
        peer = called(attributes)
    generated = take(attributes, _GENERATED) is True
    resource = span.origin.resource
    if span.kind == ProtoSpan.SPAN_KIND_SERVER:
        take(attributes, _CALLER)
    return Span(
        site=site,
        trace_id=span.trace_id,
        span_id=span.span_id,
        service=resource.service,
        name=_name(span.name),
        time=time,
        start_ns=span.start_ns,
        duration_ns=span.end_ns - span.start_ns,
        received=time if received is None else received,
        parent_span_id=span.parent_span_id,
        kind=_KINDS[span.kind] if 0 <= span.kind < len(_KINDS) else "internal",
        status=_status(span, http_status),
        status_message=scrubbed(text(span.status_message, 1024)) if span.status_message else "",
        http_status=http_status,
        peer=label(text(peer, 253)),
        release=resource.release,
        exception=exception(span.exception) if span.exception else "",
        generated=generated or resource.generated,
        attributes=as_json([attribute.kept for attribute in attributes.values()]),
        environment=resource.environment,
        scope=span.origin.scope,
        links=_links(span.links) if span.links else [],
        events=told_events(span.events, span.start_ns) if span.events else "",
    )


def _links(links: Sequence[tuple[str, str]]) -> list[str]:
    """Other spans as "trace-span", those that are none left out."""
    whole = (
        f"{trace}-{span}" for trace, span in links if TRACE_ID.fullmatch(trace) and SPAN_ID.fullmatch(span)
    )
    return list(islice(dict.fromkeys(whole), _MOST_LINKS))


@lru_cache(_REMEMBERED)
def _name(name: str) -> str:
    return scrubbed(text(name, 256))


def _status(span: WireSpan, http_status: int) -> SpanStatus:
    """What the span says; of one that says nothing, what its answer means: not every client sets it.

    Source: OpenTelemetry semantic conventions for HTTP spans, "Status": an error from 500 on, for who called from 400.
    So a server that answers 404 has not failed, though Django's instrumentation says so of each `Http404`.
    """
    told = _STATUSES[span.status] if 0 <= span.status < len(_STATUSES) else "unset"
    serves = span.kind == ProtoSpan.SPAN_KIND_SERVER
    if told == "error" and serves and 400 <= http_status < 500:
        return "unset"
    if told != "unset":
        return told
    served = serves and http_status >= 500
    asked = span.kind == ProtoSpan.SPAN_KIND_CLIENT and http_status >= 400
    return "error" if served or asked else "unset"


def _http_status(value: Plain) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:4])
    if isinstance(value, bool) or not isinstance(
        value, int
    ):  # a bool is an int, and would be written as a bool
        return 0
    return value if 0 <= value <= 999 else 0
