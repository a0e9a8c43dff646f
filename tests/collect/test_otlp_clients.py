"""The real OpenTelemetry SDK for Python, over OTLP/HTTP and OTLP/gRPC, against a collector process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import grpc
import msgspec
import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import LogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import Counter, MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    MetricExporter,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from tests.collect.conftest import Process

from afterclick.signals import LogRecord, Sample, Span
from afterclick.store.spool.batch import Kind
from afterclick.store.spool.outlet import Outlet

RESOURCE = Resource({"service.name": "checkout", "service.version": "1.4.2", "host.name": "node-1"})
DELTA: dict[type, AggregationTemporality] = {Counter: AggregationTemporality.DELTA}
Row = TypeVar("Row")


@dataclass(frozen=True)
class Exporters:
    """The SDK's exporters over one transport."""

    spans: Callable[[Process], SpanExporter]
    metrics: Callable[[Process], MetricExporter]
    logs: Callable[[Process], LogRecordExporter]


def _bearer(process: Process) -> dict[str, str]:
    return {"authorization": f"Bearer {process.key}"}


def _at(process: Process) -> str:
    return f"http://127.0.0.1:{process.grpc_port}"


HTTP = Exporters(
    lambda to: HttpSpanExporter(f"{to.url}/v1/traces", headers=_bearer(to)),
    lambda to: HttpMetricExporter(
        f"{to.url}/v1/metrics", headers=_bearer(to), compression=Compression.Gzip, preferred_temporality=DELTA
    ),
    lambda to: HttpLogExporter(f"{to.url}/v1/logs", headers={"x-afterclick-key": to.key}),
)
GRPC = Exporters(
    lambda to: GrpcSpanExporter(_at(to), insecure=True, headers=_bearer(to)),
    lambda to: GrpcMetricExporter(
        _at(to),
        insecure=True,
        headers=_bearer(to),
        compression=grpc.Compression.Gzip,
        preferred_temporality=DELTA,
    ),
    lambda to: GrpcLogExporter(_at(to), insecure=True, headers={"x-afterclick-key": to.key}),
)
both = pytest.mark.parametrize("over", [HTTP, GRPC], ids=["http", "grpc"])


def spooled(process: Process, kind: Kind, struct: type[Row]) -> list[Row]:
    outlet = Outlet(process.settings.spool)
    group = outlet.take(kind, 0, 1 << 40)
    outlet.close()
    assert group is not None
    return msgspec.json.Decoder(struct).decode_lines(b"".join(group.bodies))


@both
def test_the_sdk_delivers_its_spans(process: Process, over: Exporters) -> None:
    process.start()
    provider = TracerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(over.spans(process)))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("POST /checkout", kind=SpanKind.SERVER) as parent:
        with tracer.start_as_current_span("POST", kind=SpanKind.CLIENT) as child:
            child.set_attribute("peer.service", "inventory")
            child.set_attribute("http.response.status_code", 500)
            child.record_exception(ValueError("sold out"))
            child.set_status(StatusCode.ERROR)
        parent.set_attribute("http.response.status_code", 200)
    provider.shutdown()

    spans = {span.name: span for span in spooled(process, "spans", Span)}
    server, client = spans["POST /checkout"], spans["POST"]
    assert (server.service, server.release, server.http_status) == ("checkout", "1.4.2", 200)
    assert (client.trace_id, client.parent_span_id) == (server.trace_id, server.span_id)
    assert (client.peer, client.status, client.exception) == ("inventory", "error", "ValueError: sold out")


@both
def test_the_sdk_delivers_its_metrics_of_every_kind(process: Process, over: Exporters) -> None:
    process.start()
    reader = PeriodicExportingMetricReader(over.metrics(process), export_interval_millis=3_600_000)
    exponential = View(instrument_name="wait", aggregation=ExponentialBucketHistogramAggregation())
    provider = MeterProvider([reader], resource=RESOURCE, views=[exponential], shutdown_on_exit=False)
    meter = provider.get_meter("shop.metrics")
    meter.create_counter("orders", unit="{order}").add(3, {"season": "spring"})
    meter.create_up_down_counter("carts").add(-2)
    meter.create_gauge("temperature").set(21.5)
    for name in ("wait", "pay"):
        histogram = meter.create_histogram(name, unit="ms")
        for value in (0.0, 12.0, 800.0):
            histogram.record(value)
    provider.shutdown()

    points = {point.name: point for point in spooled(process, "metrics", Sample)}
    assert {(one.service, one.release, one.scope) for one in points.values()} == {
        ("checkout", "1.4.2", "shop.metrics")
    }
    assert {one.resource for one in points.values()} == {'{"host.name":"node-1"}'}
    orders, carts, pay, wait = points["orders"], points["carts"], points["pay"], points["wait"]
    assert (orders.type, orders.temporality, orders.monotonic, orders.value) == ("sum", "delta", True, 3.0)
    assert (orders.unit, orders.attributes) == ("{order}", '{"season":"spring"}')
    assert (carts.type, carts.temporality, carts.monotonic, carts.value) == ("sum", "cumulative", False, -2.0)
    assert (points["temperature"].type, points["temperature"].value) == ("gauge", 21.5)
    assert (pay.type, pay.count, pay.sum, pay.min, pay.max) == ("histogram", 3, 812.0, 0.0, 800.0)
    assert (len(pay.bucket_counts), sum(pay.bucket_counts)) == (len(pay.explicit_bounds) + 1, 3)
    assert (wait.type, wait.count, wait.zero_count) == ("exponential_histogram", 3, 1)
    assert sum(wait.positive_bucket_counts) == 2
    assert 0 < orders.start_ns <= orders.time_ns == orders.time * 1_000_000 + orders.time_ns % 1_000_000


@both
def test_the_sdk_delivers_its_logs_joined_to_their_trace(process: Process, over: Exporters) -> None:
    process.start()
    provider = LoggerProvider(RESOURCE, shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(over.logs(process)))
    logger = provider.get_logger("shop.logging")
    with TracerProvider(shutdown_on_exit=False).get_tracer("test").start_as_current_span("pay") as span:
        logger.emit(
            body="no answer for ann@example.org",
            severity_number=SeverityNumber.ERROR,
            severity_text="ERROR",
            attributes={"exception.type": "TimeoutError", "exception.message": "3 s"},
        )
    logger.emit(event_name="shop.closed", body={"orders": 3})
    provider.shutdown()

    failed, closed = spooled(process, "logs", LogRecord)
    assert (failed.service, failed.release, failed.scope) == ("checkout", "1.4.2", "shop.logging")
    assert (failed.body, failed.severity_number, failed.severity_text) == (
        "no answer for [email]",
        17,
        "ERROR",
    )
    assert (failed.exception, failed.trace_id) == (
        "TimeoutError: 3 s",
        f"{span.get_span_context().trace_id:032x}",
    )
    assert (closed.event_name, closed.body, closed.trace_id) == ("shop.closed", '{"orders":3}', "")
