"""`POST /v1/traces`: OTLP spans, in protobuf and JSON."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from afterclick.collect import steps
from afterclick.collect.event_steps import ENTER
from afterclick.collect.otlp_answer import Answers, refuse
from afterclick.collect.passage import Step
from afterclick.collect.span_body import decode
from afterclick.collect.span_record import clean, validate

__all__ = ["STEPS", "answer", "refuse"]

answer = Answers(ExportTraceServiceResponse, "rejected_spans")

STEPS = (
    *ENTER,
    Step("decode", decode),
    Step("validate", validate),
    Step("clean", clean),
    Step("spool", steps.spool),
)
