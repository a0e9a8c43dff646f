"""OTLP spans in batches of 500: acknowledged durable a second, and a second of the collector's CPU time."""

import secrets
import sys
import tempfile
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from afterclick.accounts import DEFAULT_SITE, Keys, first_run
from afterclick.demo.run import free_ports
from afterclick.settings import load as load_settings
from afterclick.store.control.database import open_control
from benchmarks import load
from benchmarks.several import cpu_seconds, running
from benchmarks.table import Row, show

BATCH = 500
SECONDS = 8.0
WANTED = 40_000
_RESOURCE = {
    "service.name": "catalog",
    "service.version": "1.4.2",
    "telemetry.sdk.language": "python",
    "host.name": "node-1",
}
_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


def batch() -> bytes:
    """The body of one request: spans of a web service, eight attributes each, in protobuf."""
    now = time.time_ns()
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    for name, value in _RESOURCE.items():
        group.resource.attributes.add(key=name).value.string_value = value
    scope = group.scope_spans.add()
    for number in range(BATCH):
        span = scope.spans.add(name="GET /product/{id}", kind=2)
        span.trace_id, span.span_id = secrets.token_bytes(16), secrets.token_bytes(8)
        span.parent_span_id = secrets.token_bytes(8)
        span.start_time_unix_nano, span.end_time_unix_nano = now - 1_000 * number, now + 1_000 * number
        told = {
            "http.request.method": "GET",
            "url.path": f"/product/@@@@@@@@{number:03}",
            "http.route": "/product/{id}",
            "server.address": "shop.example",
            "network.protocol.version": "1.1",
            "user_agent.original": _AGENT,
        }
        for name, value in told.items():
            span.attributes.add(key=name).value.string_value = value
        span.attributes.add(key="http.response.status_code").value.int_value = 200
        span.attributes.add(key="server.port").value.int_value = 443
    return request.SerializeToString()


def main() -> bool:
    """Measure one collector and print."""
    with tempfile.TemporaryDirectory() as data:
        environment = {
            "AFTERCLICK_DATA": data,
            "AFTERCLICK_GRPC_PORT": "0",
            "AFTERCLICK_KEY_RATE": "0",
            "AFTERCLICK_ADDRESS_RATE": "0",
            "AFTERCLICK_SPOOL_BUDGET_BYTES": str(1 << 34),
        }
        settings = load_settings(environment)
        control = open_control(settings)
        first_run(control, settings)
        path = f"/v1/traces?key={Keys(control).public(DEFAULT_SITE)}"
        (port,) = free_ports(1)
        with running(port, environment) as pid:
            before = cpu_seconds(pid)
            found = load.run(port, path, batch(), 16, SECONDS, media_type="application/x-protobuf")
            used = cpu_seconds(pid) - before
    rate, efficiency = found.rate * BATCH, found.requests * BATCH / used
    busy = used / found.seconds
    return show("OTLP spans, every acknowledgement after an fsync", [
        Row("spans/s in batches of 500", f"{rate:,.0f}", f"{busy:.2f} cores used", "", "", None),
        Row("spans/CPU-s", f"{efficiency:,.0f}", "", "", f">= {WANTED:,}", efficiency >= WANTED and not found.failures),
        Row("p50, p99 ack under that load", f"{found.p50:.0f}, {found.p99:.0f} ms", "", "", "", None),
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(not main())
