"""`POST /v1/metrics`: OTLP metrics, in protobuf and JSON."""

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from afterclick.collect.event.steps import ENTER
from afterclick.collect.otlp.answer import Answers, refuse
from afterclick.collect.otlp.samples.body import decode
from afterclick.collect.otlp.samples.record import clean, validate
from afterclick.collect.passage import steps
from afterclick.collect.passage.passage import Step

__all__ = ["STEPS", "answer", "refuse"]

answer = Answers(ExportMetricsServiceResponse, "rejected_data_points")

STEPS = (
    *ENTER,
    Step("decode", decode),
    Step("validate", validate),
    Step("clean", clean),
    Step("spool", steps.spool),
)
