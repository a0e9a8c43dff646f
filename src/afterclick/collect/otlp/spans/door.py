"""`POST /v1/traces`: OTLP spans, in protobuf and JSON."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from afterclick.collect.event.steps import ENTER
from afterclick.collect.otlp.answer import Answers, refuse
from afterclick.collect.otlp.spans.body import decode
from afterclick.collect.otlp.spans.record import clean, validate
from afterclick.collect.passage import steps
from afterclick.collect.passage.passage import Step

__all__ = ["STEPS", "answer", "refuse"]

answer = Answers(ExportTraceServiceResponse, "rejected_spans")

STEPS = (
    *ENTER,
    Step("decode", decode),
    Step("validate", validate),
    Step("clean", clean),
    Step("spool", steps.spool),
)
