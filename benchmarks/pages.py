"""The pages over many events: answer times, weight, LCP on a slow device, and the memory of the whole product.

`python -m benchmarks.pages [EVENTS] [--keep FOLDER]` fills a store with the fortnight before now (10 million events
unless told otherwise, a problem since yesterday among them), serves it as `afterclick serve` does, its jobs running,
and reads the pages over and over, each time another period, so that nothing is answered twice. Then it does so while
events come in at the rate of the collector's benchmark.
"""

import argparse
import gzip
import json
import os
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import Page
from tests.browser import chromium

from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports
from afterclick.measure import BOUND
from afterclick.settings import load as load_settings
from afterclick.store.store import open_store
from benchmarks import collector, load, schema
from benchmarks.table import Row, show

READS = 60
PROBLEM_S = 300.0
REST_S = 20.0
REST_SHARE = 0.5
"""Of a core, over REST_S: less is rest. The passes of the jobs over nothing new take a tenth to a third."""
DAY = timedelta(days=1)
TODAY = datetime.now(UTC).date()
WEEKS = [f"from={TODAY - (6 + back) * DAY}&to={TODAY - back * DAY}" for back in range(7)]
LOAD_S = 30.0
LCP = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""


@dataclass(frozen=True)
class Scene:
    """The running product and its client."""

    product: Product
    client: httpx.Client

    def p95(self, path: str) -> float:
        """The 95th percentile of READS answers of the page, ms."""
        return float(np.percentile([self._read(path, number) for number in range(READS)], 95))

    def weight(self, path: str) -> int:
        """Bytes that a first visit loads, gzip: the page, its scripts, its styles and its preloaded fonts."""
        page = self.client.get(path).text
        parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
        bodies = [page.encode(), *(self.client.get(part).content for part in parts)]
        return sum(min(len(gzip.compress(body, 6)), len(body)) for body in bodies)

    def lcp(self, path: str) -> float:
        """Median largest contentful paint of five loads with the processor slowed down four times, ms."""
        with chromium.started() as browser:
            found = [self._painted(browser.new_page(), path) for _ in range(5)]
        return float(np.median(found))

    def _painted(self, page: Page, path: str) -> float:
        page.context.new_cdp_session(page).send(  # pyright: ignore[reportUnknownMemberType]
            "Emulation.setCPUThrottlingRate", {"rate": 4}
        )
        page.goto(f"{self.product.place.dashboard}{path}", wait_until="load")
        painted = float(page.evaluate(LCP))
        page.close()
        return painted

    def problem(self) -> str:
        """The path of the problem, once it was found and priced."""
        deadline = time.monotonic() + PROBLEM_S
        while time.monotonic() < deadline:
            found = self.product.problems()
            if found and found[0]["estimate"]:
                return f"/problems/{found[0]['id']}"
            time.sleep(1)
        raise TimeoutError("No problem was found in the data.")

    def at_rest(self) -> None:
        """Return when what a start sets off is over (people numbered, problems found anew): jobs go on by timetable."""
        deadline = time.monotonic() + PROBLEM_S
        while time.monotonic() < deadline:
            before = self._processor_s()
            time.sleep(REST_S)
            if self._processor_s() - before < REST_SHARE * REST_S:
                return
        raise TimeoutError("The product did not come to rest.")

    def _processor_s(self) -> float:
        fields = Path(f"/proc/{self.product.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def under_load(self) -> tuple[load.Measured, float, float]:
        """What senders of 10,000 events a second met, p95 of the Overview meanwhile (ms), and the most memory (MB)."""
        path = f"/v1/events?key={self.product.public_key()}"
        batch = json.dumps([collector.event(number) for number in range(collector.BATCH)]).encode()
        rate = collector.WANTED_EVENTS / collector.BATCH / 2
        with ThreadPoolExecutor() as pool:
            port = self.product.place.collector_port
            sending = pool.submit(load.run, port, path, batch, 32, LOAD_S, rate)
            took, most = list[float](), 0
            while not sending.done():
                took.append(self._read("/", len(took)))
                most = max(most, self.product.resident_bytes())
        return sending.result(), float(np.percentile(took, 95)), most / 1e6

    def _read(self, path: str, number: int) -> float:
        started = time.perf_counter()
        self.client.get(f"{path}?site=default&{WEEKS[number % len(WEEKS)]}").raise_for_status()
        return (time.perf_counter() - started) * 1000


def main() -> bool:
    """Fill, serve, measure and print; whether the bounds were kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("events", nargs="?", type=int, default=10_000_000)
    arguments.add_argument("--keep", type=Path)
    asked, _ = arguments.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = asked.keep or Path(scratch)
        if not (data / "signals").exists():
            _fill(data, asked.events)
        place = Place(data, *free_ports(2))
        with Product(place) as product, httpx.Client(base_url=place.dashboard, timeout=60) as client:
            product.wait()
            return show(f"Pages over {asked.events:,} events", _rows(Scene(product, client)))


def _fill(data: Path, events: int) -> None:
    store = open_store(load_settings({"AFTERCLICK_DATA": str(data)}), BOUND)
    now = time.time_ns() // 1_000_000
    for number, batch in enumerate(schema.batches(events, until=now, trouble_from=now - schema.DAY)):
        store.insert("events", batch, f"b{number}")
    store.close()


def _rows(scene: Scene) -> list[Row]:
    rest = scene.product.resident_bytes() / 1e6
    rows = [Row("whole product just started, MB resident", f"{rest:.0f}", "", "", "< 700", rest < 700)]
    problem = scene.problem()
    scene.at_rest()
    rest = scene.product.resident_bytes() / 1e6
    rows += [Row("whole product at rest, a problem priced, MB", f"{rest:.0f}", "", "", "< 700", rest < 700)]
    limit = scene.p95("/connect")
    for name, path in (("Overview", "/"), ("Problems", "/problems"), ("Problem", problem)):
        p95, weight, lcp = scene.p95(path), scene.weight(path) / 1000, scene.lcp(f"{path}?{WEEKS[0]}")
        ratio = f"{p95 / limit:.1f}"
        rows += [
            Row(f"{name}, p95 ms", f"{p95:.0f}", f"{limit:.0f} (Connect)", ratio, "< 300", p95 < 300),
            Row(f"{name}, KB gzip", f"{weight:.0f}", "", "", "< 400", weight < 400),
            Row(f"{name}, LCP ms at 4x CPU throttle", f"{lcp:.0f}", "", "", "< 1500", lcp < 1500),
        ]
    evidence = scene.p95(f"{problem}/evidence")
    met, p95, most = scene.under_load()
    return [
        *rows,
        Row("Problem's evidence, p95 ms", f"{evidence:.0f}", f"{limit:.0f} (Connect)", "", "", None),
        Row("events/s taken meanwhile", f"{met.rate * collector.BATCH:,.0f}", "", "", "", None),
        Row("Overview under that load, p95 ms", f"{p95:.0f}", "", "", "", None),
        Row("whole product under that load, MB resident", f"{most:.0f}", "", "", "< 2000", most < 2000),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(not main())
