"""The drain: rows a second from spool to queryable against the same Arrow inserted straight, and how fresh it keeps."""

import tempfile
import threading
import time
import uuid

import msgspec

from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.signals import Event
from afterclick.store.drain.decode import decode
from afterclick.store.drain.drain import BLOCK_ROWS, Drain
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import EVENTS
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import Batch
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store, open_store
from afterclick.visits.enrich import STEPS
from benchmarks.table import Row, show

BLOCKS = 4
RATE = 5_000
SECONDS = 15
WANTED_RATIO = 0.5
WANTED_FRESH_MS = 2_000
_NEWEST = Statement("newest", "SELECT max(received) AS newest FROM events WHERE site = {site:String}")
_AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
)


def _event(number: int, site: str, now: int) -> Event:
    visit = number // 8
    return Event(
        site=site,
        event_id=str(uuid.uuid4()),
        type="page_view" if number % 8 == 0 else "vital",
        name="" if number % 8 == 0 else "LCP",
        time=now,
        received=now,
        session_id=f"{now >> 16:08x}-{now & 0xFFFF:04x}-7abc-8def-{visit:012x}",
        session_start=now,
        page_view_id=f"{visit:08x}-0000-4000-8000-000000000000",
        device_id=f"device-{visit}",
        host="shop.example",
        path=f"/product/{number % 500}",
        step="product",
        referrer="www.google.com",
        user_agent=_AGENTS[visit % 3],
        release="1.4.2",
        value=1234.5,
        tags=["card_network=visa"],
    )


def _lines(rows: int, site: str) -> bytes:
    now = time.time_ns() // 1_000_000
    return msgspec.json.Encoder().encode_lines([_event(number, site, now) for number in range(rows)])


def main() -> bool:
    """Measure straight inserts and the drain in turns, then freshness under a steady load."""
    with tempfile.TemporaryDirectory() as data:
        settings = load({"AFTERCLICK_DATA": data})
        store = open_store(settings, BOUND)
        spool, outlet = Spool(settings.spool, 1 << 34), Outlet(settings.spool)
        straight, drained = _rates(store, spool, outlet)
        worst = _freshness(store, spool, outlet)
        spool.close()
        outlet.close()
        store.close()
    ratio = drained / straight
    return show("Drain, from the spool to queryable", [
        Row("rows/s, views and rollups included", f"{drained:,.0f}", f"{straight:,.0f} (the same Arrow, straight)",
            f"{ratio:.2f}", f"ratio >= {WANTED_RATIO}", ratio >= WANTED_RATIO),
        Row(f"oldest row not yet queryable at {RATE:,} events/s", f"{worst:,.0f} ms", "", "",
            f"< {WANTED_FRESH_MS:,} ms", worst < WANTED_FRESH_MS),
    ])  # fmt: skip


def _rates(store: Store, spool: Spool, outlet: Outlet) -> tuple[float, float]:
    """Rows a second straight and through the drain; the first block of each warms up and is not counted."""
    rows = BLOCK_ROWS * BLOCKS
    body = _lines(rows, "straight")
    table = decode("events", [body])
    for step in STEPS:
        table = step.apply(table)
    table = table.select(EVENTS.names)
    store.insert("events", table.slice(0, 1000), "warm")
    started = time.perf_counter()
    for block in range(BLOCKS):
        store.insert("events", table.slice(block * BLOCK_ROWS, BLOCK_ROWS), f"straight{block}")
    straight = rows / (time.perf_counter() - started)
    lines = _lines(rows, "drained").splitlines(keepends=True)
    spool.write([_batch(b"".join(lines[at : at + 1000]), 1000) for at in range(0, rows, 1000)])
    drain = Drain(outlet, store, STEPS)
    started = time.perf_counter()
    drain.start()
    while drain.freshness().drained_rows < rows:
        time.sleep(0.005)
    drained = rows / (time.perf_counter() - started)
    drain.stop()
    return straight, drained


def _batch(body: bytes, rows: int) -> Batch:
    return Batch("bench", "events", "events", rows, body)


def _freshness(store: Store, spool: Spool, outlet: Outlet) -> float:
    """The greatest age, in ms, that the newest queryable row had while events came in at `RATE`."""
    site = "fresh"
    drain = Drain(outlet, store, STEPS)
    drain.start()
    stop = threading.Event()
    sender = threading.Thread(target=_send, args=(spool, site, stop))
    sender.start()
    time.sleep(3)
    worst, until = 0.0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        [found] = store.arrow(Scope(site), _NEWEST)["newest"].to_pylist()
        worst = max(worst, time.time() * 1000 - (found.timestamp() * 1000 if found else 0))
        time.sleep(0.05)
    stop.set()
    sender.join()
    drain.stop()
    return worst


def _send(spool: Spool, site: str, stop: threading.Event) -> None:
    due = time.monotonic()
    while not stop.is_set():
        spool.write([_batch(_lines(RATE // 20, site), RATE // 20)])
        due += 1 / 20
        stop.wait(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
