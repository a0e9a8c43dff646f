"""Kill -9 of either process at any moment, under load: nothing acknowledged is lost, nothing is counted twice."""

import asyncio
import os
import random
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Protocol

import httpx
import msgspec
import pytest
from tests.collect.conftest import Process, until

from afterclick.store.spool.outlet import Outlet

EVENT = msgspec.json.Decoder(dict[str, object])


class Counts(msgspec.Struct):
    """What drainer.py prints."""

    events: int
    ids: int
    page_views: int
    steps: int


class Collector(Protocol):
    """Where a load goes."""

    url: str
    key: str


class Load:
    """Clients that send batches of page views as fast as they are answered, and remember what was acknowledged."""

    def __init__(self, process: Collector, clients: int = 4, pause: float = 0.01) -> None:
        self.pause = pause
        self.process = process
        self.sent: set[str] = set()
        self.acknowledged: set[str] = set()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send_forever) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send_forever(self) -> None:
        headers = {"x-afterclick-key": self.process.key, "content-type": "application/json"}
        with httpx.Client(base_url=self.process.url, headers=headers, timeout=30) as client:
            while not self._stop.is_set():
                self._send(client)
                self._stop.wait(self.pause)  # a load, not a flood: all of it must be drained again

    def _send(self, client: httpx.Client) -> None:
        ids = [str(uuid.uuid4()) for _ in range(20)]
        self.sent |= set(ids)
        session = f"019e{uuid.uuid4().hex[:4]}-0000-7000-8000-{uuid.uuid4().hex[:12]}"
        content = [
            {"type": "page_view", "id": one, "page_view_id": one, "session_id": session, "path": "/"}
            for one in ids
        ]
        try:
            answer = client.post("/v1/events", content=msgspec.json.encode(content))
        except httpx.TransportError:
            self._stop.wait(0.05)  # the collector is down: be gentle, not silent
            return
        if answer.status_code == 202:
            assert answer.json()["accepted"] == len(ids)
            self.acknowledged |= set(ids)


def spooled(process: Process) -> list[str]:
    outlet = Outlet(process.settings.spool)
    group = outlet.take("events", 0, 1 << 40)
    outlet.close()
    bodies = b"".join(group.bodies if group else ())
    return [str(event["event_id"]) for event in EVENT.decode_lines(bodies)]


def test_a_killed_collector_has_every_acknowledged_event_in_its_spool_once(process: Process) -> None:
    moments = random.Random(7)
    process.start()
    with Load(process) as load:
        for _ in range(3):
            goal = len(load.acknowledged) + moments.randrange(200, 1500)
            until(lambda goal=goal: len(load.acknowledged) >= goal, 60, "enough is acknowledged")
            process.kill()
            process.start()
    process.kill()
    found = spooled(process)
    assert len(found) == len(set(found))
    assert load.acknowledged <= set(found) <= load.sent
    outlet = Outlet(process.settings.spool)
    assert sum(tally.rows for tally in outlet.tallies(0)) == len(found)
    outlet.close()


def test_a_killed_drain_leaves_every_acknowledged_event_in_the_store_once(process: Process) -> None:
    moments = random.Random(11)
    process.start()
    environment = os.environ | {"AFTERCLICK_DATA": str(process.data)}
    drainer = Path(__file__).with_name("drainer.py")
    with Load(process, clients=2, pause=0.1) as load:
        for _ in range(3):
            kill_a_drain(drainer, environment, process, moments.randrange(1, 4))
    assert process.kill() != 0
    command = [sys.executable, str(drainer), process.site]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as draining:
        printed, _ = draining.communicate(timeout=120)
    counts, ids = msgspec.json.decode(printed, type=tuple[Counts, set[str]])
    assert load.acknowledged <= ids <= load.sent
    assert counts == Counts(len(ids), len(ids), len(ids), len(ids))


def kill_a_drain(drainer: Path, environment: dict[str, str], process: Process, after: int) -> None:
    """Start a drain, and kill it while it has the `after`-th group in hand: its token fixed, the insert somewhere."""
    outlet = Outlet(process.settings.spool)
    seen = {group.token for group in outlet.unfinished()}

    def group_in_hand() -> bool:
        seen.update(group.token for group in outlet.unfinished())
        return len(seen) > after

    command = [sys.executable, str(drainer)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as draining:
        try:
            until(group_in_hand, 90, "a group is in hand")
        finally:
            draining.kill()
    outlet.close()


def test_sigterm_ends_the_collector_cleanly(process: Process) -> None:
    process.start()
    answer = httpx.post(
        f"{process.url}/v1/events?key={process.key}",
        content=b'{"type":"track"}',
        headers={"content-type": "text/plain"},
    )
    assert answer.status_code == 202
    assert process.running is not None
    process.running.terminate()
    assert process.running.wait(30) == 0
    assert len(spooled(process)) == 1


@pytest.mark.parametrize("clients", [50])
def test_many_senders_at_once_are_all_answered(process: Process, clients: int) -> None:
    process.start()

    async def send(client: httpx.AsyncClient) -> int:
        answer = await client.post("/v1/events", content=b'{"type":"track"}', params={"key": process.key})
        return answer.status_code

    async def send_all() -> list[int]:
        async with httpx.AsyncClient(base_url=process.url, timeout=30) as client:
            return await asyncio.gather(*(send(client) for _ in range(clients)))

    assert set(asyncio.run(send_all())) == {202}
