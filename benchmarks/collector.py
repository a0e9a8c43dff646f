"""The collector: events a second acknowledged durable, of our own door and of Segment's, single beacons a second, and
latency at half that load. Beside the rate stands the rate for a second of CPU time, which a busy machine leaves alone.

The server is pinned to one core and the load generator to another, where the machine has two. A virtual machine is not
as fast each minute, so the speed of the server's core is told before each of the three loads.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from afterclick.accounts import DEFAULT_SITE, Keys, first_run
from afterclick.settings import load as load_settings
from afterclick.store.control.database import open_control
from benchmarks import load
from benchmarks.table import Row, show

BATCH = 100
SECONDS = 8.0
WANTED_EVENTS = 30_000
WANTED_SEGMENT = 30_000
WANTED_BEACONS = 6_000
WANTED_P99_MS = 100
_TICK = os.sysconf("SC_CLK_TCK")
_COLLECTOR_PORT, _BARE_PORT = 24318, 24319
_TURNS = """
import time
began = time.thread_time()
for _ in range(10_000_000):
    pass
print(time.thread_time() - began)
"""
_BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_SESSION = "{:08x}-{:04x}-7abc-8def-@@@@@@@@{:04x}"


def event(number: int) -> dict[str, object]:
    """A page view as a browser sends it. With every request its ids and its address are new, which no cache helps."""
    now = time.time_ns() // 1_000_000
    return {
        "id": f"@@@@@@@@-0000-4000-8000-{number:012x}",
        "type": "page_view",
        "time": now,
        "session_id": _SESSION.format(now >> 16, now & 0xFFFF, number),
        "page_view_id": f"{number:08x}-0000-4000-8000-000000000000",
        "device_id": f"device-{number % 50}",
        "url": f"https://shop.example/product/@@@@@@@@/{number}?utm_campaign=spring",
        "step": "product",
        "referrer": "https://www.google.com/",
        "release": "1.4.2",
        "value": 12.5,
        "tags": {"card_network": "visa"},
    }


def call(number: int) -> dict[str, object]:
    """A call as analytics.js sends it: half page views, half tracks, some of them of the e-commerce spec.

    With every request its id, its address, its title and its product are new.
    """
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    page = {
        "path": f"/product/@@@@@@@@/{number}",
        "referrer": "https://www.google.com/",
        "search": "?utm_campaign=spring",
        "title": f"Lamp @@@@@@@@ in {number} colours",
        "url": f"https://shop.example/product/@@@@@@@@/{number}?utm_campaign=spring",
    }
    names = ("Product Viewed", "Product Added", "Video Played", "Signed Up")
    of_kind: dict[str, object] = {"type": "page", "name": None, "properties": page}
    if number % 2:
        properties = {
            "product_id": f"sku-@@@@@@@@-{number}",
            "price": 18.99,
            "quantity": 1,
            "category": "Games",
        }
        of_kind = {"type": "track", "event": names[number // 2 % 4], "properties": properties}
    return of_kind | {
        "messageId": f"ajs-next-{time.time_ns() // 1_000_000}-@@@@@@@@-0000-4000-8000-{number:012x}",
        "timestamp": moment,
        "anonymousId": f"00000000-0000-4000-8000-{number % 50:012x}",
        "userId": f"user-{number % 50}" if number % 4 == 0 else None,
        "integrations": {},
        "context": {
            "page": page,
            "userAgent": _BROWSER,
            "locale": "en-GB",
            "timezone": "Europe/London",
            "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
            "userAgentData": {"brands": [{"brand": "Chromium", "version": "140"}], "mobile": False},
        },
    }


def segment_batch() -> bytes:
    """The body of one request to `/v1/batch`."""
    content = {
        "batch": [call(n) for n in range(BATCH)],
        "sentAt": datetime.now(UTC).isoformat(),
        "writeKey": "none",
    }
    return json.dumps(content).encode()


@contextmanager
def server(command: list[str], port: int, environment: dict[str, str]) -> Generator[int]:
    """A server on the first core, answering; yields its process id."""
    process = subprocess.Popen([*_on_core(0), *command], env=os.environ | environment)
    try:
        wait(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process (proc(5)); Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def core_seconds() -> float:
    """How long the server's core takes for ten million turns of a Python loop."""
    return float(subprocess.check_output([*_on_core(0), sys.executable, "-c", _TURNS]))


def wait(port: int) -> None:
    """Return when the server on the port answers, or after a minute."""
    for _ in range(600):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _on_core(core: int) -> list[str]:
    several = (os.cpu_count() or 1) > 1 and Path("/usr/bin/taskset").exists()
    return ["taskset", "-c", str(core)] if several else []


def main() -> bool:
    """Measure the bare server, then the collector, and print."""
    batch = json.dumps([event(number) for number in range(BATCH)]).encode()
    single = json.dumps(event(0)).encode()
    bare_command = ["-m", "uvicorn", "benchmarks.bare:app", "--port", str(_BARE_PORT), "--no-access-log"]
    quiet = ["--log-level", "error", "--lifespan", "off"]
    with server([sys.executable, *bare_command, *quiet], _BARE_PORT, {}):
        bare_batches = load.run(_BARE_PORT, "/", batch, 32, SECONDS / 2)
        bare_segment = load.run(_BARE_PORT, "/", segment_batch(), 32, SECONDS / 2)
        bare_singles = load.run(_BARE_PORT, "/", single, 64, SECONDS / 2)
    with tempfile.TemporaryDirectory() as data:
        environment = {
            "AFTERCLICK_DATA": data,
            "AFTERCLICK_COLLECTOR_PORT": str(_COLLECTOR_PORT),
            "AFTERCLICK_GRPC_PORT": "0",
            "AFTERCLICK_KEY_RATE": "0",
            "AFTERCLICK_ADDRESS_RATE": "0",
            "AFTERCLICK_SPOOL_BUDGET_BYTES": str(1 << 34),
        }
        settings = load_settings(environment)
        control = open_control(settings)
        first_run(control, settings)
        query = f"?key={Keys(control).public(DEFAULT_SITE)}"
        path = f"/v1/events{query}"
        with server([sys.executable, "-m", "afterclick.collect"], _COLLECTOR_PORT, environment) as pid:
            speeds = [core_seconds()]
            started = cpu_seconds(pid)
            batches = load.run(_COLLECTOR_PORT, path, batch, 32, SECONDS)
            used = cpu_seconds(pid) - started
            speeds.append(core_seconds())
            segment = load.run(_COLLECTOR_PORT, f"/v1/batch{query}", segment_batch(), 32, SECONDS)
            used_by_segment = cpu_seconds(pid) - started - used
            speeds.append(core_seconds())
            before_singles = cpu_seconds(pid)
            singles = load.run(_COLLECTOR_PORT, path, single, 64, SECONDS)
            used_by_singles = cpu_seconds(pid) - before_singles
            calm = load.run(_COLLECTOR_PORT, path, batch, 32, SECONDS, WANTED_EVENTS / BATCH / 2)
            calm_singles = load.run(_COLLECTOR_PORT, path, single, 64, SECONDS, WANTED_BEACONS / 2)
    return show("Collector, one core, every acknowledgement after an fsync", [
        _rate(f"events/s in batches of {BATCH}", batches, bare_batches, BATCH, WANTED_EVENTS),
        _efficiency("the same, for a second of CPU time", batches, used, BATCH, WANTED_EVENTS),
        _rate(f"Segment calls/s in batches of {BATCH}", segment, bare_segment, BATCH, WANTED_SEGMENT),
        _efficiency("the same, for a second of CPU time", segment, used_by_segment, BATCH, WANTED_SEGMENT),
        _rate("single-event beacons/s", singles, bare_singles, 1, WANTED_BEACONS),
        _efficiency("the same, for a second of CPU time", singles, used_by_singles, 1, WANTED_BEACONS),
        _latency(f"p99 ack at {WANTED_EVENTS // 2:,} events/s in batches", calm),
        _latency(f"p99 ack at {WANTED_BEACONS // 2:,} beacons/s", calm_singles),
        Row("ten million turns of a Python loop, before each load", _seconds(speeds), "", "", "", None),
    ])  # fmt: skip


def _rate(what: str, found: load.Measured, bare: load.Measured, events: int, wanted: int) -> Row:
    rate, limit = found.rate * events, bare.rate * events
    met = rate >= wanted and not found.failures
    return Row(what, f"{rate:,.0f}", f"{limit:,.0f} (bare 204)", f"{rate / limit:.2f}", f">= {wanted:,}", met)


def _efficiency(what: str, found: load.Measured, seconds: float, events: int, wanted: int) -> Row:
    rate = found.requests * events / seconds
    return Row(what, f"{rate:,.0f}", "", "", f">= {wanted:,}", rate >= wanted and not found.failures)


def _seconds(several: list[float]) -> str:
    return f"{', '.join(f'{one:.2f}' for one in several)} s"


def _latency(what: str, found: load.Measured) -> Row:
    shown = f"{found.p99:.0f} ms (p50 {found.p50:.0f} ms)"
    met = found.p99 < WANTED_P99_MS and not found.failures
    return Row(what, shown, "", "", f"< {WANTED_P99_MS} ms", met)
