"""`POST /v1/metrics`: OTLP metrics, in protobuf and JSON."""

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from afterclick.collect import steps
from afterclick.collect.event_steps import ENTER
from afterclick.collect.metric_body import decode
from afterclick.collect.metric_record import clean, validate
from afterclick.collect.otlp_answer import Answers, refuse
from afterclick.collect.passage import Step

__all__ = ["STEPS", "answer", "refuse"]

answer = Answers(ExportMetricsServiceResponse, "rejected_data_points")

STEPS = (
    *ENTER,
    Step("decode", decode),
    Step("validate", validate),
    Step("clean", clean),
    Step("spool", steps.spool),
)
