"""What hostile traffic costs everyone else: a normal load on the collector, alone and then beside an attack, once in
large requests and once in small ones. The collector is pinned to one core and all else to others, where there are any.

    python -m benchmarks.hostile [SECONDS]

The attack comes from a process of its own, from eight addresses, with the site's public key: connections that dribble
their heads or their bodies, bodies that are too large, compressed to a thousandth, nested, or no JSON at all, guessed
keys, and connections opened and dropped.
Kept is a normal p99 under three times the one without (the medians of five rounds, each alone and then beside), no
refused or lost normal request, and the memory held.
"""

import argparse
import asyncio
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from afterclick.accounts import DEFAULT_SITE, Keys, first_run
from afterclick.demo.run import free_ports
from afterclick.settings import load as load_settings
from afterclick.store.control.database import open_control
from benchmarks import collector, load
from benchmarks.table import Row, show

SECONDS = 10.0
ROUNDS = 5
"""Each measures the load alone, then beside the attack: a slow moment of the disk falls into some of them, not all."""
NORMAL_EVENTS = 2_000
"""Events a second of the normal load, on 8 connections."""
BATCHES = (100, 10)
"""Events in a request of the normal load."""
WORST = 3.0
MOST_MB = 400
"""Memory that the collector may hold at most while it is attacked."""

_ATTACKERS, _ADDRESSES = 60, 8
_PAUSE = 0.05  # seconds between an attacker's doings


async def _attack(port: int, seconds: float) -> int:
    """Attack for so long; how many requests and connections it took."""
    done = 0
    until = time.monotonic() + seconds
    ways: list[Callable[[int], Awaitable[None]]] = [
        _dribble_head,
        _dribble_body,
        _drop,
        _send_bodies,
        _guess_keys,
    ]

    async def attacker(number: int) -> None:
        nonlocal done
        while time.monotonic() < until:
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                async with asyncio.timeout(max(0.1, until - time.monotonic())):
                    await ways[number % len(ways)](port)
            done += 1
            await asyncio.sleep(_PAUSE)

    await asyncio.gather(*(attacker(number) for number in range(_ATTACKERS)))
    return done


def _address() -> str:
    """One of the attackers' addresses; the normal load has another (all of 127/8 is this machine on Linux)."""
    return f"127.0.1.{random.randint(1, _ADDRESSES)}"


async def _dribble_head(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(_address(), 0))
    writer.write(b"POST /v1/events HTTP/1.1\r\n")
    while not reader.at_eof():
        writer.write(b"x-a: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.5)
    writer.close()


async def _dribble_body(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(_address(), 0))
    writer.write(b"POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n[")
    while not reader.at_eof():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.5)
    writer.close()


async def _drop(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(_address(), 0))
    writer.write(random.randbytes(200))
    writer.transport.abort()


async def _guess_keys(port: int) -> None:
    await _request(port, f"ac_{random.getrandbits(128):032x}", b"[]")


async def _send_bodies(port: int) -> None:
    name = random.choice(list(_BODIES))
    await _request(port, _KEY, _BODIES[name], b"gzip" if name == "bomb" else b"identity")


async def _request(port: int, key: str, body: bytes, encoding: bytes = b"identity") -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(_address(), 0))
    writer.write(
        b"POST /v1/events?key=%s HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"content-encoding: %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        % (key.encode(), encoding, len(body))
    )
    writer.write(body)
    await reader.read()
    writer.close()


_KEY = os.environ.get("HOSTILE_KEY", "")
_BODIES: dict[str, bytes] = {
    "bomb": gzip.compress(b"[" + b" " * 20_000_000),
    "too large": b"x" * 1_200_000,
    "nested": b"[" * 100_000,
    "many": b"[" + b"{}," * 9_000 + b"{}]",
    "not json": b"\x00\xff" * 50_000,
    "wide": b'[{"type":"track","props":{' + b",".join(b'"%d":1' % n for n in range(20_000)) + b"}}]",
}


class _Watch(threading.Thread):
    """The most memory that a process held, MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self._over = threading.Event()
        self.most = 0.0
        self.start()

    def run(self) -> None:
        while not self._over.wait(0.2):
            line = next(one for one in self._status.read_text().splitlines() if one.startswith("VmRSS"))
            self.most = max(self.most, int(line.split()[1]) / 1000)

    def end(self) -> float:
        self._over.set()
        self.join()
        return self.most


def main() -> bool:
    """Load it alone, load it under attack, and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("seconds", nargs="?", type=float, default=SECONDS)
    seconds = arguments.parse_known_args()[0].seconds
    if len(cores := os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, cores - {0})  # what is started from here inherits it, but for the collector
    port, grpc_port = free_ports(2)
    with tempfile.TemporaryDirectory() as data:
        environment = {
            "AFTERCLICK_DATA": data,
            "AFTERCLICK_COLLECTOR_PORT": str(port),
            "AFTERCLICK_GRPC_PORT": str(grpc_port),
        }
        settings = load_settings(environment)
        control = open_control(settings)
        first_run(control, settings)
        key = Keys(control).public(DEFAULT_SITE)
        control.dispose()
        met = [_measure(batch, port, key, environment, seconds) for batch in BATCHES]
    return all(met)


def _measure(batch: int, port: int, key: str, environment: dict[str, str], seconds: float) -> bool:
    """With a collector of its own, so that its memory is told, too."""
    with collector.server([sys.executable, "-m", "afterclick.collect"], port, environment) as pid:
        return _compare(batch, port, key, pid, seconds)


def _compare(batch: int, port: int, key: str, pid: int, seconds: float) -> bool:
    body = json.dumps([collector.event(number) for number in range(batch)]).encode()
    path, rate = f"/v1/events?key={key}", NORMAL_EVENTS / batch
    load.run(port, path, body, 8, 3.0, rate)
    alone: list[load.Measured] = []
    beside: list[load.Measured] = []
    calm, held, doings = 0.0, 0.0, 0
    for _ in range(ROUNDS):
        watch = _Watch(pid)
        alone.append(load.run(port, path, body, 8, seconds, rate))
        calm = max(calm, watch.end())
        watch = _Watch(pid)
        attack = _begin_attack(port, key, seconds + 1)
        beside.append(load.run(port, path, body, 8, seconds, rate))
        doings += int(attack.communicate(timeout=120)[0])
        held = max(held, watch.end())
    ratio = _median(beside) / _median(alone)
    lost, asked = sum(one.failures for one in alone + beside), sum(one.requests for one in alone + beside)
    normal = f"{NORMAL_EVENTS:,} normal events/s in batches of {batch}"
    return show(f"Collector under attack, {normal} beside {doings:,} hostile doings", [
        Row("p99 of normal requests beside the attack", _each(beside), f"{_each(alone)}, alone",
            f"{ratio:.1f} (medians)", f"< {WORST:g}x", ratio < WORST),
        Row("normal requests refused or failed", f"{lost:,} of {asked:,}", "", "", "0", not lost),
        Row("most memory of the collector", f"{held:.0f} MB", f"{calm:.0f} MB, alone", f"{held / calm:.1f}",
            f"< {MOST_MB} MB", held < MOST_MB),
    ])  # fmt: skip


def _begin_attack(port: int, key: str, seconds: float) -> subprocess.Popen[str]:
    """It prints at its end how many its doings were."""
    command = [sys.executable, "-m", "benchmarks.hostile", "--attack", str(port), str(seconds)]
    return subprocess.Popen(command, env=os.environ | {"HOSTILE_KEY": key}, stdout=subprocess.PIPE, text=True)


def _median(rounds: list[load.Measured]) -> float:
    return statistics.median(one.p99 for one in rounds)


def _each(rounds: list[load.Measured]) -> str:
    return f"{', '.join(f'{one.p99:.0f}' for one in rounds)} ms"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--attack"]:
        # Attackers have machines of their own: they must not take the core from the clock that measures.
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        print(asyncio.run(_attack(int(sys.argv[2]), float(sys.argv[3]))))
    else:
        sys.exit(not main())
