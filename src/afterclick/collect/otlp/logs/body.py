"""Reads the body of `POST /v1/logs`: browser telemetry becomes events, everything else log records.

Source: opentelemetry-proto `logs/v1/logs.proto`.
"""

from collections.abc import Sequence

import msgspec
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as ProtoLog

from afterclick.collect.otlp.body import Telemetry
from afterclick.collect.otlp.envelope import JsonEnvelope
from afterclick.collect.otlp.logs.browser import as_event
from afterclick.collect.otlp.logs.wire import WireLog
from afterclick.collect.otlp.messages import JsonLogRecord
from afterclick.collect.otlp.resource import Origin
from afterclick.collect.otlp.values import Attributes, from_json, from_proto, json_value, proto_value, text
from afterclick.collect.passage.fit import Lenient
from afterclick.collect.passage.passage import House, Passage

_LOG = Lenient(JsonLogRecord)
_EVENT_NAME = "event.name"  # before the protocol had a field for it


def decode(_: House, passage: Passage) -> None:
    """Read either encoding; a log record that does not fit is refused alone."""
    for index, log in _LOGS.read(passage):
        event = as_event(log)
        if event is None:
            passage.logs.append((index, log))
        else:
            passage.events.append((index, event))


def _from_proto(origin: Origin, raw: bytes) -> Sequence[WireLog]:
    log = ProtoLog.FromString(raw)
    attributes = from_proto(log.attributes)
    return (
        WireLog(
            origin,
            log.time_unix_nano or log.observed_time_unix_nano,
            log.severity_number,
            log.severity_text,
            _event_name(log.event_name, attributes),
            proto_value(log.body),
            log.trace_id.hex(),
            log.span_id.hex(),
            attributes,
        ),
    )


def _from_json(origin: Origin, raw: msgspec.Raw, odd: list[str]) -> Sequence[WireLog]:
    log = _LOG.decode(raw, odd)
    attributes = from_json(log.attributes)
    return (
        WireLog(
            origin,
            int(log.time_unix_nano) or int(log.observed_time_unix_nano),
            log.severity_number,
            log.severity_text,
            _event_name(log.event_name, attributes),
            json_value(log.body),
            log.trace_id.lower(),
            log.span_id.lower(),
            attributes,
        ),
    )


def _event_name(field: str, attributes: Attributes) -> str:
    attribute = attributes.pop(_EVENT_NAME, None)
    return field or text(attribute, 256)


_LOGS = Telemetry(
    "ExportLogsServiceRequest",
    JsonEnvelope("resourceLogs", "scopeLogs", "logRecords"),
    _from_proto,
    _from_json,
)
