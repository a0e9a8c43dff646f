"""A collector that only records, and one running shop that sends to it."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from afterclick.demo import shop

T = TypeVar("T")
KEY = "write-key"
SDK = Path(__file__).parents[2] / "src" / "afterclick" / "collect" / "sdk"


@dataclass(frozen=True)
class Recorded:
    """A span as it came, with the service that sent it."""

    service: str
    span: Span

    @property
    def label(self) -> str:
        return f"{self.service}: {self.span.name}"

    @property
    def duration_ms(self) -> float:
        return (self.span.end_time_unix_nano - self.span.start_time_unix_nano) / 1e6

    def attribute(self, name: str) -> str | int | None:
        for pair in self.span.attributes:
            if pair.key == name:
                return pair.value.string_value or pair.value.int_value
        return None


@dataclass
class Recorder:
    """What was posted to the recording collector."""

    url: str = ""
    keys: set[str] = field(default_factory=set[str])
    content_types: set[str] = field(default_factory=set[str])
    spans: list[Recorded] = field(default_factory=list[Recorded])
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if path.startswith("/v1/traces"):
            self.keys.add(headers.get("x-afterclick-key", ""))
            self.content_types.add(headers.get("content-type", ""))
            self.spans += _spans(body)
        elif path.startswith("/v1/events"):
            self.events += _events(json.loads(body))

    def trace(self, trace_id: str, until: Callable[[list[Recorded]], bool]) -> list[Recorded]:
        """The spans of one trace, as soon as `until` holds for them."""
        return wait(lambda: [each for each in self.spans if each.span.trace_id.hex() == trace_id], until)

    def events_of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]


def wait(read: Callable[[], T], until: Callable[[T], bool], seconds: float = 20.0) -> T:
    """Read again and again until the condition holds; fail with what was read last."""
    deadline = time.monotonic() + seconds
    while not until(found := read()):
        assert time.monotonic() < deadline, f"never came true: {found}"
        time.sleep(0.02)
    return found


def _spans(body: bytes) -> list[Recorded]:
    found: list[Recorded] = []
    for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        names = [
            pair.value.string_value for pair in of_resource.resource.attributes if pair.key == "service.name"
        ]
        for of_scope in of_resource.scope_spans:
            found += [Recorded(names[0], span) for span in of_scope.spans]
    return found


def _events(body: Any) -> list[dict[str, Any]]:
    if isinstance(body, dict) and "events" in body:
        envelope = cast("dict[str, Any]", body)
        return [{**envelope.get("context", {}), **event} for event in envelope["events"]]
    return cast("list[dict[str, Any]]", body if isinstance(body, list) else [body])


@pytest.fixture(scope="session")
def recording() -> Iterator[Recorder]:
    """A collector on loopback that keeps what it gets and serves the browser SDK if that has been built."""
    kept = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            self._answer(b"", "application/json")

        def do_OPTIONS(self) -> None:
            self._answer(b"", "text/plain")

        def do_GET(self) -> None:
            file = SDK / self.path.rpartition("/")[2]
            self._answer(file.read_bytes() if file.is_file() else b"", "text/javascript")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            for name, value in {
                "Content-Type": kind,
                "Content-Length": str(len(body)),
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Allow-Headers": "*",
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def free_ports() -> shop.Ports:
    """Ports that nothing listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in shop.PROCESSES]
    ports = shop.Ports(*(each.getsockname()[1] for each in sockets))
    for each in sockets:
        each.close()
    return ports


@pytest.fixture(scope="session")
def ports() -> shop.Ports:
    return free_ports()


@pytest.fixture(scope="session")
def started(
    recording: Recorder, ports: shop.Ports, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[shop.Shop]:
    with shop.start(recording.url, KEY, tmp_path_factory.mktemp("shop"), ports, seed=7) as running:
        yield running


@pytest.fixture
def recorder(recording: Recorder) -> Recorder:
    """The recording collector without the events of the tests before."""
    recording.events.clear()
    return recording


@pytest.fixture
def running(started: shop.Shop) -> Iterator[shop.Shop]:
    """The running shop, healthy before and after each test."""
    yield started
    for name, on in started.faults().items():
        if on:
            started.set_fault(name, on=False)
