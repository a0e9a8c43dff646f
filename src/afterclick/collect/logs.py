"""`POST /v1/logs`: OTLP log records, in protobuf and JSON, browser telemetry among them."""

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from afterclick.collect import steps
from afterclick.collect.event_steps import ENTER, EVENT_STEPS
from afterclick.collect.log_body import decode
from afterclick.collect.log_record import clean, validate
from afterclick.collect.otlp_answer import Answers, refuse
from afterclick.collect.passage import Step

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
