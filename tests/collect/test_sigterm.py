"""SIGTERM while requests are committed and blocks inserted: a clean end, nothing acknowledged lost or double."""

import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
from tests.collect.conftest import Process, until
from tests.collect.test_kill import Counts, Load, spooled

from afterclick.demo.product import Place
from afterclick.demo.run import free_ports


def test_a_collector_told_to_stop_under_load_ends_cleanly_with_all_it_acknowledged(process: Process) -> None:
    moments = random.Random(23)
    with Load(process, pause=0.001) as load:
        for _ in range(2):
            process.start()
            goal = len(load.acknowledged) + moments.randrange(100, 600)
            until(lambda goal=goal: len(load.acknowledged) >= goal, 60, "enough is acknowledged")
            assert process.kill(signal.SIGTERM) == 0
    found = spooled(process)
    assert len(found) == len(set(found))
    assert load.acknowledged <= set(found) <= load.sent


@dataclass
class Target:
    """Where the load goes: the collector beside an app, over the control data that a collector of ours made."""

    url: str
    key: str


def test_an_app_told_to_stop_while_it_drains_under_load_ends_cleanly_and_counts_once(
    process: Process,
) -> None:
    place = Place(process.data, *free_ports(2))
    environment = os.environ | {
        "AFTERCLICK_DATA": str(place.data),
        "AFTERCLICK_PORT": str(place.port),
        "AFTERCLICK_COLLECTOR_PORT": str(place.collector_port),
        "AFTERCLICK_OPEN_ON_LOOPBACK": "1",
    }
    serve = [sys.executable, "-m", "afterclick.cli", "serve"]
    with Load(Target(place.collector, process.key), clients=2, pause=0.02) as load:
        for _ in range(2):
            goal = len(load.acknowledged) + 500
            with subprocess.Popen(serve, env=environment, stdout=subprocess.DEVNULL) as app:
                try:
                    until(lambda: _answers(place), 90, "the app is up")
                    until(lambda goal=goal: len(load.acknowledged) >= goal, 60, "enough is acknowledged")
                    app.send_signal(signal.SIGTERM)
                    assert app.wait(60) == 0
                finally:
                    app.kill()
    drainer = [sys.executable, str(Path(__file__).with_name("drainer.py")), process.site]
    printed = subprocess.run(drainer, env=environment, capture_output=True, timeout=120, check=True).stdout
    counts, ids = msgspec.json.decode(printed, type=tuple[Counts, set[str]])
    assert load.acknowledged <= ids <= load.sent
    assert counts == Counts(len(ids), len(ids), len(ids), len(ids))


def _answers(place: Place) -> bool:
    try:
        return all(
            httpx.get(url, timeout=2).is_success
            for url in (f"{place.dashboard}/healthz", f"{place.collector}/healthz")
        )
    except httpx.TransportError:
        return False
