"""Two small servers for the SDK's tests: a collector that records what arrives, and a site with pages to be bad on."""

import json
import random
import struct
import threading
import zlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SDK = Path(__file__).parents[2] / "src" / "afterclick" / "collect" / "sdk"
PATIENCE_S = 15.0

Event = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def events(self) -> list[Event]:
        """The events of an envelope, its context merged under each."""
        envelope = json.loads(self.body)
        return [{**envelope["context"], **event} for event in envelope["events"]]


@dataclass(frozen=True)
class Answer:
    """What to answer; `after` is waited for first, at most `patience` seconds."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    after: threading.Event | None = None
    patience: float | None = None


class Server:
    """Answers from `routes` on a port of its own and keeps every request."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[Request], Answer]] = {}
        self.requests: list[Request] = []
        self._arrived = threading.Condition()
        self._http = _Http(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, request: Request) -> Answer:
        with self._arrived:
            self.requests.append(request)
        route = self.routes.get(request.path)
        found = route(request) if route else self.otherwise(request)
        with self._arrived:
            self._arrived.notify_all()
        return found

    def otherwise(self, request: Request) -> Answer:
        return Answer(status=404)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Until `condition` holds, looked at whenever a request came in."""
        with self._arrived:
            assert self._arrived.wait_for(condition, PATIENCE_S), f"Still waiting for {what}."

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class Collector(Server):
    """Serves the built SDK and takes events; `refusals` are the statuses that the next posts get instead of 202."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: list[int] = []
        self.refused: list[Request] = []
        self.taken: list[Request] = []
        self.withheld: set[str] = set()

    def otherwise(self, request: Request) -> Answer:
        cors = {"Access-Control-Allow-Origin": "*"}
        if request.path.startswith("/sdk/"):
            file = SDK / Path(request.path).name
            if not file.is_file() or any(name in file.name for name in self.withheld):
                return Answer(status=404, headers=cors)
            return Answer(file.read_bytes(), type="text/javascript; charset=utf-8", headers=cors)
        if request.path != "/v1/events" or request.method != "POST":
            return Answer(status=404, headers=cors)
        if self.refusals:
            self.refused.append(request)
            return Answer(status=self.refusals.pop(0), headers={**cors, "Retry-After": "1"})
        self.taken.append(request)
        return Answer(b'{"accepted":1,"dropped":0,"errors":[]}', 202, "application/json", cors)

    @property
    def posts(self) -> list[Request]:
        """Every attempt to send, taken or refused."""
        return [request for request in list(self.requests) if request.path == "/v1/events"]

    def events(self, type: str | None = None, **fields: object) -> list[Event]:
        """What was taken, in order of arrival, with these values; what was sent again counts once, as in the store."""
        wanted = {**({"type": type} if type else {}), **fields}
        taken: dict[str, Event] = {}
        for request in list(self.taken):
            for event in request.events:
                taken.setdefault(event["id"], event)
        return [
            event
            for event in taken.values()
            if all(event.get(name) == value for name, value in wanted.items())
        ]

    def expect(self, type: str, **fields: object) -> Event:
        """Wait for the first such event."""
        self.wait(lambda: bool(self.events(type, **fields)), f"{type} {fields}; came: {self.summary()}")
        return self.events(type, **fields)[0]

    def summary(self) -> list[str]:
        return [f"{event['type']}:{event.get('name', '')}" for event in self.events()]


class Site(Server):
    """Pages that carry the snippet."""

    def __init__(self, collector: Collector) -> None:
        super().__init__()
        self.collector = collector
        self.gates: list[threading.Event] = []

    def page(
        self,
        path: str = "/",
        body: str = "",
        *,
        head: str = "",
        attributes: str = "",
        headers: Mapping[str, str] | None = None,
        sdk: str = "afterclick.js",
        snippet: bool = True,
    ) -> str:
        """Add a page with the documented snippet; returns its address."""
        stub = f"<script>{STUB}</script>" if snippet else ""
        script = f'<script async src="{self.collector.origin}/sdk/{sdk}" data-key="test-key" {attributes}></script>'
        before = '<!doctype html><html lang="en"><head><title>Test</title><link rel="icon" href="data:,">'
        text = f"{before}{stub}{script}{head}</head><body>{body}</body></html>"
        self.routes[path] = lambda _: Answer(text.encode(), headers=headers or {})
        return self.origin + path

    def serve(
        self, path: str, body: str | bytes = "", status: int = 200, type: str = "text/plain", **more: str
    ) -> None:
        """Add anything else; `more` are headers."""
        content = body.encode() if isinstance(body, str) else body
        self.routes[path] = lambda _: Answer(content, status, type, more)

    def hold(self, path: str, body: str | bytes = "", type: str = "text/plain") -> threading.Event:
        """Add an address that does not answer until the returned event is set."""
        gate = threading.Event()
        content = body.encode() if isinstance(body, str) else body
        self.routes[path] = lambda _: Answer(content, type=type, after=gate)
        self.gates.append(gate)
        return gate

    def dawdle(self, path: str, seconds: float) -> None:
        """Add an address that answers 204 so late that pages stay where they are in the meantime, and after."""
        gate = threading.Event()
        self.routes[path] = lambda _: Answer(status=204, after=gate, patience=seconds)
        self.gates.append(gate)

    def seen(self, path: str) -> list[Request]:
        return [request for request in list(self.requests) if request.path == path]

    def close(self) -> None:
        for gate in self.gates:
            gate.set()
        super().close()


STUB = """
window.afterclick ??= { q: [] };
for (const name of ['page', 'track', 'identify', 'tag', 'rate', 'ask', 'error', 'consent'])
  afterclick[name] ??= (...details) => afterclick.q.push([name, ...details]);
for (const type of ['error', 'unhandledrejection'])
  addEventListener(type, (event) => afterclick.q.push(event), true);
"""


@contextmanager
def servers() -> Generator[tuple[Collector, Site]]:
    collector = Collector()
    site = Site(collector)
    try:
        yield collector, site
    finally:
        site.close()
        collector.close()


def picture(width: int = 600, height: int = 400) -> bytes:
    """A PNG of noise: browsers don't count plain pictures as content."""
    noise = random.Random(7)
    rows = b"".join(b"\x00" + noise.randbytes(width) for _ in range(height))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that leaves breaks its connections; that is no error of ours."""


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

        def _take(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = server.answer(Request(self.command, url.path, parse_qs(url.query), headers, body))
            if answer.after:
                answer.after.wait(answer.patience)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_OPTIONS = _take  # noqa: N815 - http.server's names

    return Handler
