"""Where a row's CPU time goes: each step of a door in one process, without HTTP and without a disk.

CPU time, because a busy machine leaves that nearly alone; what the server and the spool add stands in `collector` and
`spans`. Every request has ids, addresses and titles of its own, so that no cache has seen them.
"""

import asyncio
import gc
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from afterclick.accounts import Grant
from afterclick.clock import now_ms
from afterclick.collect.doors import door_at
from afterclick.collect.passage.gate import Gate
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.transport.exposition import Metrics
from afterclick.settings import load as load_settings
from afterclick.store.spool.batch import Batch
from benchmarks import collector, load, spans
from benchmarks.table import Row, show

ROWS = 40_000
WARM = 20
PROTOBUF = b"application/x-protobuf"
JSON = b"application/json"


class NoDisk:
    """A spool that keeps nothing."""

    async def append(self, *batches: Batch) -> None:
        """Done at once."""


@dataclass(frozen=True)
class Sent:
    """A request that is sent again and again: `rows` in it; its step times are printed for a row."""

    name: str
    path: str
    media_type: bytes
    body: bytes
    rows: int
    wanted: int


def main() -> bool:
    """Take each kind of request through its door, and print."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)  # as the collector does
    kept = [asyncio.run(_measure(sent)) for sent in requests()]
    return all(kept)


def requests() -> list[Sent]:
    """What is sent: the bodies of the benchmarks `collector` and `spans`."""
    events = json.dumps([collector.event(number) for number in range(collector.BATCH)]).encode()
    single = json.dumps(collector.event(0)).encode()
    calls = collector.segment_batch()
    return [
        Sent("events in batches of 100", "/v1/events", JSON, events, 100, collector.WANTED_EVENTS),
        Sent("Segment calls in batches of 100", "/v1/batch", JSON, calls, 100, collector.WANTED_SEGMENT),
        Sent("spans in batches of 500", "/v1/traces", PROTOBUF, spans.batch(), spans.BATCH, spans.WANTED),
        Sent("single-event beacons", "/v1/events", JSON, single, 1, collector.WANTED_BEACONS),
    ]


async def _measure(sent: Sent) -> bool:
    gate = Gate(lambda key: Grant("shop", key, currency="EUR"))
    house = House(load_settings({}), gate, Limiter(0), NoDisk(), Metrics(), now_ms)
    await _send(house, sent, 0, WARM, defaultdict(float))
    requests = max(ROWS // sent.rows // 4, 1)
    taken: defaultdict[str, float] = defaultdict(float)
    await _send(house, sent, WARM, requests, taken)
    row = 1e6 / requests / sent.rows
    whole = sum(taken.values())
    steps = [
        Row(name, f"{used * row:.2f} µs", "", f"{used / whole:.0%}", "", None) for name, used in taken.items()
    ]
    rate = requests * sent.rows / whole
    met = rate >= sent.wanted
    all_of_it = Row("all, for a second of CPU time", f"{rate:,.0f}", "", "", f">= {sent.wanted:,}", met)
    return show(f"CPU time of a row: {sent.name}", [*steps, all_of_it])


async def _send(house: House, sent: Sent, first: int, requests: int, taken: defaultdict[str, float]) -> None:
    door = door_at(sent.path)
    assert door is not None
    for number in range(first, first + requests):
        body = sent.body.replace(load.NUMBER, b"%08x" % number)

        async def receive(body: bytes = body) -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        headers = {b"content-type": sent.media_type}
        passage = Passage(door.name, sent.path, headers, b"key=abc", receive, house.clock())
        for step in door.steps:
            began = time.thread_time()
            pending = step.run(house, passage)
            if pending is not None:
                await pending
            taken[step.name] += time.thread_time() - began
        assert passage.rows == sent.rows, passage.listed


if __name__ == "__main__":
    sys.exit(not main())
