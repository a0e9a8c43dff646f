"""A collector over a fresh spool and control database: in the process, or as a process of its own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from afterclick.accounts import Keys, Site, Sites
from afterclick.collect.assembly import create
from afterclick.settings import Settings, load
from afterclick.signals import Event, LogRecord, Sample, Span
from afterclick.store.control.database import open_control
from afterclick.store.drain.drain import Drain
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import Kind
from afterclick.store.spool.file import open_spool
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store
from afterclick.visits import enrich
from afterclick.visits.sessionize import Sessionizer

NOW = 1_780_000_000_000
Told = Callable[[str], list[dict[str, Any]]]


@dataclass
class House:
    """A collector application under test, its key, and what it put in the spool."""

    settings: Settings
    now: int = NOW
    spool: Spool | None = None
    key: str = ""
    site: str = field(default_factory=lambda: f"site-{uuid.uuid4().hex[:12]}")

    def __post_init__(self) -> None:
        self.control = open_control(self.settings)
        Sites(self.control).create(Site(self.site, "Test", "EUR", "UTC"))
        self.keys = Keys(self.control)
        self.key = self.key or self.keys.create(self.site, "test").secret
        self.spool = Spool(self.settings.spool, self.settings.spool_budget_bytes)
        self.restart()

    def restart(self, *, forgetting: bool = False) -> None:
        """Begin anew, as a new process on the same spool, or one whose memory of ids is gone."""
        assert self.spool is not None
        if forgetting:
            with closing(open_spool(self.settings.spool)) as connection:
                connection.execute("DELETE FROM taken")
        self.app = create(self.settings, self.control, self.spool, lambda: self.now)

    def send(
        self,
        content: bytes | Sequence[bytes],
        path: str = "/v1/events",
        method: str = "POST",
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """One request, inside the server's lifespan; header names with _ for -. Of several parts it is chunked."""
        sent = {"x-afterclick-key": self.key if key is None else key, "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(self._send(method, path, content, {k: v for k, v in sent.items() if v}))

    async def _send(
        self, method: str, path: str, content: bytes | Sequence[bytes], headers: dict[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)  # pyright: ignore[reportArgumentType] - ASGI by shape
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            body = content if isinstance(content, bytes) else _in_parts(content)
            response = await client.request(method, path, content=body, headers=headers)
            await self.app.flush()
            return response

    def event(self, **fields: object) -> dict[str, object]:
        """A valid event with some fields replaced."""
        return {"type": "page_view", "time": self.now, "path": "/"} | fields

    def post(self, *events: object, **headers: str) -> httpx.Response:
        """Send events as an array."""
        return self.send(msgspec.json.encode(list(events)), **headers)

    def events(self) -> list[Event]:
        """Every event in the spool."""
        return [event for body in self.bodies("events") for event in _EVENTS.decode_lines(body)]

    def spans(self) -> list[Span]:
        """Every span in the spool."""
        return [span for body in self.bodies("spans") for span in _SPANS.decode_lines(body)]

    def samples(self) -> list[Sample]:
        """Every data point in the spool."""
        return [point for body in self.bodies("metrics") for point in _SAMPLES.decode_lines(body)]

    def logs(self) -> list[LogRecord]:
        """Every log record in the spool."""
        return [log for body in self.bodies("logs") for log in _LOGS.decode_lines(body)]

    def counted(self) -> dict[str, int]:
        """Rows in the spool's counts by reason, "" being those taken."""
        outlet = Outlet(self.settings.spool)
        found = {tally.reason: tally.rows for tally in outlet.tallies(0)}
        outlet.close()
        return found

    def bodies(self, kind: Kind) -> tuple[bytes, ...]:
        """What stands in the spool, of one kind."""
        outlet = Outlet(self.settings.spool)
        group = outlet.take(kind, 0, 1 << 40)
        outlet.close()
        return group.bodies if group else ()

    def close(self) -> None:
        """Let go of the files."""
        if self.spool is not None:
            self.spool.close()
        self.control.dispose()


async def _in_parts(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


_EVENTS = msgspec.json.Decoder(Event)
_SPANS = msgspec.json.Decoder(Span)
_SAMPLES = msgspec.json.Decoder(Sample)
_LOGS = msgspec.json.Decoder(LogRecord)


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Opens collectors with settings of the test's choice."""
    opened: list[House] = []

    def opening(**chosen: str | int) -> House:
        environment = {f"AFTERCLICK_{name.upper()}": str(value) for name, value in chosen.items()}
        data = str(tmp_path / f"data{len(opened)}")
        opened.append(House(load({"AFTERCLICK_DATA": data, **environment})))
        return opened[-1]

    yield opening
    for house in opened:
        house.close()


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    """A collector with default settings."""
    return open_house()


@dataclass
class Process:
    """The collector as a process that can be killed and started again on the same data and port."""

    data: Path
    prefix: tuple[str, ...] = ()
    running: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port, self.grpc_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = load({"AFTERCLICK_DATA": str(self.data)})
        control = open_control(self.settings)
        self.site = f"site-{uuid.uuid4().hex[:12]}"
        Sites(control).create(Site(self.site, "Test", "EUR", "UTC"))
        self.key = Keys(control).create(self.site, "test").secret
        control.dispose()

    def start(self) -> None:
        """Start it, and return when it answers."""
        environment = os.environ | {
            "AFTERCLICK_DATA": str(self.data),
            "AFTERCLICK_COLLECTOR_PORT": str(self.port),
            "AFTERCLICK_GRPC_PORT": str(self.grpc_port),
        }
        command = [*self.prefix, sys.executable, "-m", "afterclick.collect"]
        self.running = subprocess.Popen(command, env=environment)
        until(self.answers, 60, "the collector answers")

    def answers(self) -> bool:
        """Whether it serves; fails when the process has ended instead."""
        assert self.running is not None
        assert self.running.poll() is None, "the collector ended by itself"
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self, with_: signal.Signals = signal.SIGKILL) -> int:
        """End it and return its exit code."""
        assert self.running is not None
        self.running.send_signal(with_)
        return self.running.wait(30)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """A collector process, not started yet."""
    collector = Process(tmp_path / "data")
    yield collector
    if collector.running is not None and collector.running.poll() is None:
        collector.kill()


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition; fails after what a quiet machine would need `seconds` for, five times that."""
    deadline = time.monotonic() + 5 * seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(0.02)


@pytest.fixture
def told(house: House, store: Store, tmp_path: Path) -> Iterator[Told]:
    """Rows of a SELECT over the site, once all that was sent is in the store."""
    outlet, sessionizer = Outlet(house.settings.spool), Sessionizer(tmp_path)
    drain = Drain(outlet, store, [*enrich.STEPS, sessionizer.step])

    def ask(sql: str) -> list[dict[str, Any]]:
        drain.once()
        store.settle(house.now)
        return store.arrow(Scope(house.site), Statement("test", sql)).to_pylist()

    yield ask
    outlet.close()
    sessionizer.close()
