"""Makes records of log records: impossible times refused, personal data out, each named by its content."""

from collections import Counter

import msgspec

from afterclick.collect.event.id import hashed_id
from afterclick.collect.otlp.attributes import exception, flat_json, structured_text
from afterclick.collect.otlp.logs.wire import WireLog
from afterclick.collect.otlp.values import SPAN_ID, TRACE_ID, text
from afterclick.collect.passage.cleaning import label, scrubbed
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.window import Window
from afterclick.signals import LogRecord

_CONTENT = msgspec.json.Encoder()
_MOST_SEVERE = 24
_LONGEST_BODY = 8192
_LATEST = 2**63 - 1


def validate(house: House, passage: Passage) -> None:
    """Refuse log records whose times cannot be; those without one happened when they came."""
    window = Window.of(house, passage)
    kept: list[tuple[int, WireLog]] = []
    for index, log in passage.logs:
        reason = window.fault(log.time_ns // 1_000_000) if log.time_ns else ""
        if not 0 <= log.time_ns <= _LATEST:
            passage.drop(index, "bad_time", "A time is nanoseconds since 1970.")
        elif reason:
            passage.drop(index, reason, "A log record lies within what is kept, and not ahead of our clock.")
        else:
            kept.append((index, log))
    passage.logs = kept


def clean(_: House, passage: Passage) -> None:
    """Make records: standard attributes to columns, personal data out of the rest."""
    seen: Counter[bytes] = Counter()
    passage.keep("logs", [_record(passage, log, seen) for _, log in passage.logs])


def _record(passage: Passage, log: WireLog, seen: Counter[bytes]) -> LogRecord:
    resource, site = log.origin.resource, passage.grant.site
    time_ns = log.time_ns or passage.now * 1_000_000
    time = time_ns // 1_000_000
    generated = log.attributes.pop("afterclick.generated", None) is True or resource.generated
    thrown = exception(log.attributes)
    for name in ("exception.type", "exception.message") if thrown else ():
        log.attributes.pop(name, None)
    body, attributes = structured_text(log.body, _LONGEST_BODY), flat_json(log.attributes)
    trace = log.trace_id if TRACE_ID.fullmatch(log.trace_id) else ""
    span = log.span_id if SPAN_ID.fullmatch(log.span_id) else ""
    severity = log.severity_number if 0 <= log.severity_number <= _MOST_SEVERE else 0
    event_name = scrubbed(text(log.event_name, 256))
    origin = (resource.service, resource.release, resource.described, log.origin.scope)
    said = (log.time_ns, severity, log.severity_text, event_name, body, thrown, attributes, trace, span)
    content = _CONTENT.encode((origin, said))
    # The same line may well be written twice in one nanosecond, but a repeated delivery repeats the whole request.
    seen[content] += 1
    return LogRecord(
        site=site,
        log_id=hashed_id(site, content + b"%d" % seen[content]),
        service=resource.service,
        time=time,
        time_ns=time_ns,
        received=time if passage.grant.historical else passage.now,
        severity_number=severity,
        severity_text=text(label(text(log.severity_text, 256)), 32),
        event_name=event_name,
        body=body,
        trace_id=trace,
        span_id=span,
        release=resource.release,
        scope=log.origin.scope,
        exception=thrown,
        generated=generated,
        resource=resource.described,
        attributes=attributes,
    )
