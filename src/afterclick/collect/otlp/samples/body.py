"""Reads the body of `POST /v1/metrics`, one wire form a data point."""

from afterclick.collect.otlp.body import Telemetry
from afterclick.collect.otlp.envelope import JsonEnvelope
from afterclick.collect.otlp.samples import messages as metric_json
from afterclick.collect.otlp.samples import protobuf as metric_protobuf
from afterclick.collect.passage.passage import House, Passage

_SAMPLES = Telemetry(
    "ExportMetricsServiceRequest",
    JsonEnvelope("resourceMetrics", "scopeMetrics", "metrics"),
    metric_protobuf.read,
    metric_json.read,
)


def decode(_: House, passage: Passage) -> None:
    """Read either encoding; a metric that does not fit is refused alone."""
    passage.samples = _SAMPLES.read(passage)
