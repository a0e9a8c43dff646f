"""A log record as sent, whatever the protocol, before anything is believed."""

import msgspec

from afterclick.collect.otlp.resource import Origin
from afterclick.collect.otlp.values import Attributes, Plain


class WireLog(msgspec.Struct, gc=False):
    """A log record or event as sent; `time_ns` is 0 when the sender gave none, ids are empty outside a trace.

    `severity_number` is OpenTelemetry's, 1 (TRACE) to 24 (FATAL4), 0 unknown; `event_name` is empty for a plain line.
    """

    origin: Origin
    time_ns: int
    severity_number: int
    severity_text: str
    event_name: str
    body: Plain
    trace_id: str
    span_id: str
    attributes: Attributes
