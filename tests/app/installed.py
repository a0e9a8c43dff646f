"""An installation that runs as a process, spoken to by its socket and its API, as the tests of operations need it."""

import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from afterclick.accounts import DEFAULT_SITE, Keys, Site, Sites, first_run
from afterclick.demo.product import Place, Product
from afterclick.demo.shoppers.wire import uuid7
from afterclick.settings import load
from afterclick.store.control.database import open_control

PATIENCE_S = 60.0
PAUSE_S = 0.05
DAY = 86_400_000


def afterclick(data: Path, *verb: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a verb over a data folder."""
    return subprocess.run(
        [sys.executable, "-m", "afterclick.cli", *verb],
        env=os.environ | {"AFTERCLICK_DATA": str(data), "COLUMNS": "200"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.05)


def add_site(data: Path, site: str) -> None:
    control = open_control(load({"AFTERCLICK_DATA": str(data)}))
    Sites(control).create(Site(site, site.title(), "EUR", "UTC"))
    control.dispose()


def locally(product: Product, method: str, path: str, **content: Any) -> httpx.Response:
    """One request to the socket in the data folder."""
    transport = httpx.HTTPTransport(uds=str(product.place.socket))
    with httpx.Client(transport=transport, base_url="http://localhost/api/v1", timeout=60) as client:
        answer = client.request(method, path, **content)
    assert answer.is_success, answer.text
    return answer


def query(product: Product, sql: str, site: str = "default") -> list[dict[str, Any]]:
    """The answer to one SELECT."""
    return locally(product, "POST", "/query", params={"site": site}, content=sql).json()


def past_in_the_spool(place: Place, days_ago: int) -> None:
    """A new data folder whose collector, alone, has taken `send_a_past`; the app that comes finds it waiting."""
    control = open_control(settings := load({"AFTERCLICK_DATA": str(place.data)}))
    first_run(control, settings)
    key = Keys(control).create(DEFAULT_SITE, "history", ["historical"]).secret
    control.dispose()
    environment = os.environ | {
        "AFTERCLICK_DATA": str(place.data),
        "AFTERCLICK_COLLECTOR_PORT": str(place.collector_port),
        "AFTERCLICK_GRPC_PORT": "0",
    }
    with subprocess.Popen([sys.executable, "-m", "afterclick.collect"], env=environment) as collector:
        try:
            until(lambda: _answers(f"{place.collector}/healthz"), "the collector")
            _send_a_past(place, key, days_ago)
        finally:
            collector.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False


def send_a_past(product: Product, days_ago: int) -> None:
    """Visits of one past day with vitals, errors and orders, and the traces of their requests."""
    _send_a_past(product.place, product.create_key("history", "historical"), days_ago)


def _send_a_past(place: Place, key: str, days_ago: int, visits: int = 120) -> None:
    luck = random.Random(7)
    noon = (int(time.time() * 1000) // DAY - days_ago) * DAY + DAY // 2
    events: list[dict[str, object]] = []
    spans: list[dict[str, object]] = []
    for number in range(visits):
        start = noon + number * 60_000
        visit = uuid7(start, f"{luck.getrandbits(72):018x}")
        base = {
            "session_id": visit,
            "device_id": f"d{number % 50}",
            "release": "1.4.1",
            "device_class": ("mobile", "desktop")[number % 2],
        }

        def add(
            kind: str, at: int, base: dict[str, str] = base, start: int = start, **fields: object
        ) -> None:
            events.append(
                base
                | {"id": str(uuid.UUID(int=luck.getrandbits(128))), "type": kind, "time": start + at}
                | fields
            )

        page = str(uuid.UUID(int=luck.getrandbits(128)))
        add("page_view", 0, page_view_id=page, path="/product/12", step="product", country="CZ")
        add("vital", 900, page_view_id=page, name="LCP", value=luck.randint(800, 6000))
        trace = f"{luck.getrandbits(128):032x}"
        add(
            "request",
            1500,
            page_view_id=page,
            method="GET",
            target="/api/pay",
            duration_ms=700,
            status=200,
            trace_id=trace,
        )
        spans.append(_span(trace, f"{luck.getrandbits(64):016x}", start + 1500, luck.randint(50, 4000)))
        if number % 3 == 0:
            add("error", 2000, page_view_id=page, name="TypeError", message="x is undefined", source="a.js:1")
        if number % 4 == 0:
            add("identify", 2500, user_id=f"u{number % 9}")
            add("order", 3000, order_id=f"o{number}", revenue=luck.randint(20, 200), currency="EUR")
    headers = {"x-afterclick-key": key}
    for path, body in (("/v1/events", events), ("/v1/traces", _traces(spans))):
        answer = httpx.post(f"{place.collector}{path}", json=body, headers=headers)
        assert answer.status_code in (200, 202), answer.text


def _span(trace: str, span: str, start: int, ms: int) -> dict[str, object]:
    return {
        "traceId": trace,
        "spanId": span,
        "name": "GET /api/pay",
        "kind": 2,
        "startTimeUnixNano": str(start * 1_000_000),
        "endTimeUnixNano": str((start + ms) * 1_000_000),
    }


def _traces(spans: list[dict[str, object]]) -> dict[str, object]:
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "payment"}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {}, "spans": spans}]}]}


class Load:
    """Clients that send events to a site, some 2,000 a second at most; knows what was acknowledged when (UTC ms)."""

    def __init__(self, product: Product, key: str, clients: int = 2) -> None:
        self._url = f"{product.place.collector}/v1/events"
        self._headers = {"x-afterclick-key": key}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(clients)]
        self.sent: set[str] = set()
        self.acknowledged: dict[str, float] = {}

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        with httpx.Client(headers=self._headers, timeout=30) as client:
            while not self._stop.wait(PAUSE_S):  # what came in must fit one answer of a query
                ids = [str(uuid.uuid4()) for _ in range(50)]
                self.sent.update(ids)
                events = [{"id": one, "type": "track", "name": "tick", "device_id": one[:2]} for one in ids]
                try:
                    answer = client.post(self._url, json=events)
                except httpx.HTTPError:  # the collector is gone: nothing was acknowledged
                    continue
                if answer.status_code == 202:
                    self.acknowledged.update(dict.fromkeys(ids, time.time() * 1000))
