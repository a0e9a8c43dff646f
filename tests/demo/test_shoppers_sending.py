"""Sending what shoppers do: a history through real and through difficult collectors; live people in a real shop."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from afterclick.accounts import DEFAULT_SITE, Keys, first_run
from afterclick.clock import now_ms
from afterclick.demo import shop
from afterclick.demo.shoppers import History, backfill, drive, posting
from afterclick.errors import InvalidInput, Unauthorized, Unavailable
from afterclick.settings import load
from afterclick.store.control.database import open_control

from .conftest import KEY, Recorder, wait

Answer = tuple[int, dict[str, str], bytes]


def small(fault: str = "payment-slow") -> History:
    return History(
        seed=4, now=now_ms(), fault=fault, days=1.0, visits_per_day=300, onset=now_ms() - 3_600_000
    )


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A real collector process: its URL and a key that may send the past."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "AFTERCLICK_DATA": str(tmp_path_factory.mktemp("collector")),
        "AFTERCLICK_COLLECTOR_PORT": str(port),
        "AFTERCLICK_GRPC_PORT": "0",
    }
    settings = load(environment)
    control = open_control(settings)
    first_run(control, settings)
    key = Keys(control).create(DEFAULT_SITE, "history", ["historical"]).secret
    control.dispose()
    process = subprocess.Popen([sys.executable, "-m", "afterclick.collect"], env=os.environ | environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait(lambda: answers(f"{url}/healthz"), bool, 60)
        yield url, key
    finally:
        process.terminate()
        process.wait(20)


def taken(url: str) -> int:
    """Rows that the collector has on disk."""
    lines = httpx.get(f"{url}/metrics", trust_env=False).text.splitlines()
    return sum(int(line.split()[-1]) for line in lines if line.startswith("afterclick_accepted_rows_total{"))


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def scripted() -> Iterator[Callable[[Callable[[int], Answer]], str]]:
    """Makes a collector that answers its n-th request, counted from 1, as it is told; gives its URL."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(script: Callable[[int], Answer]) -> str:
        counted: list[int] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                counted.append(1)
                status, headers, body = script(len(counted))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


TAKEN: Answer = (202, {}, b'{"accepted": 1, "dropped": 0, "errors": []}')


@pytest.mark.parametrize("gzip", [False, True])
def test_a_real_collector_takes_every_event_and_span_of_a_history(
    collector: tuple[str, str], tmp_path: Path, gzip: bool
) -> None:
    url, key = collector
    shares: list[float] = []
    before = taken(url)
    sent = backfill(url, key, small(), truth=tmp_path / "truth.json", progress=shares.append, gzip=gzip)
    assert taken(url) - before == sent.events + sent.spans
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert json.loads((tmp_path / "truth.json").read_text())["fault"] == "payment-slow"


def test_a_backfill_waits_while_the_collector_has_no_room(
    scripted: Callable[[Callable[[int], Answer]], str],
) -> None:
    url = scripted(lambda n: (503, {"Retry-After": "0"}, b"{}") if n <= 3 else TAKEN)
    assert backfill(url, KEY, small()).events > 3000


REFUSALS: list[tuple[Answer, type[Exception], str]] = [
    ((401, {}, b"{}"), Unauthorized, "The collector does not know this write key"),
    ((400, {}, b'{"error": "no"}'), InvalidInput, "The collector answered 400"),
    (
        (202, {}, b'{"accepted": 0, "dropped": 7, "errors": [{"index": 0, "message": "Too old."}]}'),
        InvalidInput,
        "The collector dropped 7 of what was sent: Too old.",
    ),
]


@pytest.mark.parametrize(("answer", "kind", "sentence"), REFUSALS)
def test_a_backfill_stops_with_one_sentence_when_refused(
    scripted: Callable[[Callable[[int], Answer]], str], answer: Answer, kind: type[Exception], sentence: str
) -> None:
    url = scripted(lambda n: answer)
    with pytest.raises(kind, match=sentence):
        backfill(url, KEY, small())


def test_a_backfill_says_when_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "PATIENCE_S", 0.0)
    with pytest.raises(Unavailable, match=r"Nobody answers at http://127\.0\.0\.1:1/"):
        backfill("http://127.0.0.1:1", KEY, small())


def test_live_people_shop_through_the_real_storefront_and_their_visits_join_its_spans(
    running: shop.Shop, recorder: Recorder, tmp_path: Path
) -> None:
    def enough() -> bool:
        return len([each for each in recorder.events_of("order") if each["currency"] == "EUR"]) >= 2

    deadline = now_ms() + 90_000
    tally = asyncio.run(
        drive(
            running.url,
            recorder.url,
            KEY,
            8.0,
            11,
            lambda: enough() or now_ms() > deadline,
            tmp_path / "truth",
            haste=10.0,
        )
    )
    assert enough()
    paid = next(event for event in recorder.events_of("request") if event["target"] == "/api/payment")
    trace = recorder.trace(paid["trace_id"], lambda spans: len(spans) >= 6)
    assert "payment: POST acquirer/authorize" in {span.label for span in trace}
    (root,) = [span for span in trace if span.label == "storefront: POST /api/payment"]
    assert root.duration_ms <= paid["duration_ms"]
    assert {"page_view", "vital", "request", "product", "cart", "checkout"} <= {
        event["type"] for event in recorder.events
    }
    (without,) = tally.by_faults.values()
    assert without.orders <= len(recorder.events_of("order"))
    assert json.loads((tmp_path / "truth").read_text())["by_faults"][""]["visits"] == without.visits


def test_live_people_meet_a_fault_that_is_switched_on_and_the_page_says_so(
    running: shop.Shop, recorder: Recorder
) -> None:
    running.set_fault("product-image", on=True)

    def late() -> list[dict[str, Any]]:
        return [
            each for each in recorder.events_of("vital") if each["name"] == "LCP" and each["value"] > 4000
        ]

    deadline = now_ms() + 60_000
    asyncio.run(
        drive(
            running.url, recorder.url, KEY, 8.0, 5, lambda: len(late()) > 2 or now_ms() > deadline, haste=10.0
        )
    )
    assert {event["target"] for event in late() if "/photos/original/" in event.get("source", "")} == {
        "img.product-photo"
    }
