"""`POST /v1/logs`: OTLP log records, in protobuf and JSON, browser telemetry among them."""

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from afterclick.collect.event.steps import ENTER, EVENT_STEPS
from afterclick.collect.otlp.answer import Answers, refuse
from afterclick.collect.otlp.logs.body import decode
from afterclick.collect.otlp.logs.record import clean, validate
from afterclick.collect.passage import steps
from afterclick.collect.passage.passage import Step

__all__ = ["STEPS", "answer", "refuse"]

answer = Answers(ExportLogsServiceResponse, "rejected_log_records")

STEPS = (
    *ENTER,
    Step("decode", decode),
    *EVENT_STEPS,
    Step("validate_logs", validate),
    Step("clean_logs", clean),
    Step("spool", steps.spool),
)
