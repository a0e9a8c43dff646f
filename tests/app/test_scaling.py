"""Several machines' worth of processes over one ClickHouse server and one PostgreSQL.

The server is `tests/store/front.py`: it proves our client, inserts and queries over the wire, and no more. The first
test takes its time for three collectors to start, each with a drain.
"""

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import Engine
from tests.collect.conftest import until
from tests.collect.drainer import COUNTS, IDS
from tests.collect.test_kill import Counts, Load
from tests.store import front, postgres

from afterclick.accounts import Keys, Site, Sites
from afterclick.app.collecting import collect
from afterclick.app.one_app import OneApp
from afterclick.errors import Misconfigured, Unavailable
from afterclick.measure import BOUND
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control
from afterclick.store.scope import Scope
from afterclick.store.spool.outlet import Outlet
from afterclick.store.store import Store, open_store

SECRET = base64.b64encode(b"the same on every machine, 32 by").decode()


@dataclass
class Shared:
    """What all machines are told alike."""

    folder: Path
    store: str
    database: str
    site: str = "shop"
    key: str = field(default="", init=False)

    def settings(self, machine: str, **own: str) -> Settings:
        return load(self.environment(machine) | own)

    def environment(self, machine: str) -> dict[str, str]:
        return {
            "AFTERCLICK_DATA": str(self.folder / machine),
            "AFTERCLICK_STORE": self.store,
            "AFTERCLICK_DATABASE": self.database,
            "AFTERCLICK_SECRET_KEY": SECRET,
            "AFTERCLICK_GRPC_PORT": "0",
        }


class Machine:
    """A machine that runs `afterclick collect`."""

    def __init__(self, shared: Shared, name: str) -> None:
        self.port = front.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = shared.key
        self.settings = shared.settings(name)
        self._environment = {
            **os.environ,
            **shared.environment(name),
            "AFTERCLICK_COLLECTOR_PORT": str(self.port),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it may take seconds until it answers."""
        until(lambda: not self.answers(), 30, "the port is free")
        command = [sys.executable, "-m", "afterclick.cli", "collect"]
        self.process = subprocess.Popen(command, env=self._environment)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def end(self, with_: signal.Signals) -> int:
        """End it and return its exit code."""
        assert self.process is not None
        self.process.send_signal(with_)
        return self.process.wait(30)

    def waiting(self) -> int:
        """Rows in its spool."""
        outlet = Outlet(self.settings.spool)
        rows = outlet.depth().rows
        outlet.close()
        return rows

    def has_a_block_in_hand(self) -> bool:
        """Whether a block's token is fixed: it is on its way into the store, or just there."""
        outlet = Outlet(self.settings.spool)
        groups = outlet.unfinished()
        outlet.close()
        return bool(groups)


@contextmanager
def running(*machines: Machine) -> Generator[None]:
    for machine in machines:
        machine.start()
    try:
        yield
    finally:
        for machine in machines:
            if machine.process is not None and machine.process.poll() is None:
                machine.end(signal.SIGKILL)


@pytest.fixture
def server_port() -> int:
    return front.free_port()


@pytest.fixture
def shared(
    postgres_server: postgres.Server, newest_postgres: str, tmp_path: Path, server_port: int
) -> Iterator[Shared]:
    """A site and its key in a PostgreSQL database of the test's own."""
    with postgres_server.database(newest_postgres) as name:
        made = Shared(tmp_path, f"clickhouse://127.0.0.1:{server_port}/default", postgres_server.dsn(name))
        control = open_control(made.settings("operator"))
        Sites(control).create(Site(made.site, "Shop", "EUR", "UTC"))
        made.key = Keys(control).create(made.site, "test").secret
        control.dispose()
        yield made


def ids_and_counts(store: Store, site: str) -> tuple[set[str], Counts]:
    scope = Scope(site)
    [counts] = store.arrow(scope, COUNTS).to_pylist()
    ids = {str(row["id"]) for row in store.arrow(scope, IDS).to_pylist()}
    return ids, msgspec.convert(counts, Counts)


def test_two_collectors_deliver_every_event_once_though_one_is_killed_and_the_server_goes_away(
    shared: Shared, server_port: int
) -> None:
    first, second = Machine(shared, "first"), Machine(shared, "second")
    with running(first, second), Load(first, 2, 0.05) as one, Load(second, 2, 0.05) as other:
        # Their doors are open before there is a server.
        until(lambda: min(len(one.acknowledged), len(other.acknowledged)) > 100, 60, "both take in")
        with front.started(shared.folder, server_port):
            until(second.has_a_block_in_hand, 60, "the second drains")
            second.end(signal.SIGKILL)
        before = len(one.acknowledged)  # the server is away again
        second.start()
        until(lambda: len(one.acknowledged) > before + 100, 60, "the first goes on taking in")
        with front.started(shared.folder, server_port):
            one.__exit__()
            other.__exit__()
            until(lambda: first.waiting() + second.waiting() == 0, 120, "both spools are empty")
            assert [machine.end(signal.SIGTERM) for machine in (first, second)] == [0, 0]
            store = open_store(shared.settings("operator"), BOUND)
            ids, counts = ids_and_counts(store, shared.site)
            store.close()
    assert one.acknowledged | other.acknowledged <= ids <= one.sent | other.sent
    assert counts == Counts(len(ids), len(ids), len(ids), len(ids))


def over_a_server(settings: Settings) -> Settings:
    return replace(settings, store="clickhouse://127.0.0.1:1/default")


def test_a_second_app_over_the_same_server_is_refused_until_the_first_has_ended(
    control: Engine, control_settings: Settings
) -> None:
    settings = over_a_server(control_settings)
    other = open_control(control_settings)
    with (
        OneApp(settings, control),
        pytest.raises(Misconfigured, match="Another app runs over this store"),
        OneApp(settings, other),
    ):
        pass
    with OneApp(settings, other):
        pass
    other.dispose()


@pytest.mark.parametrize("control_settings", ["postgresql"], indirect=True)
def test_jobs_rest_when_another_app_took_over_while_the_connection_was_lost(
    control: Engine, control_settings: Settings, postgres_server: postgres.Server
) -> None:
    settings = over_a_server(control_settings)
    other = open_control(control_settings)
    with OneApp(settings, control) as first:
        first.check()
        postgres_server.cut(control)
        first.check()
        postgres_server.cut(control)
        with OneApp(settings, other), pytest.raises(Unavailable, match="another app has taken over"):
            first.check()
    other.dispose()


def test_a_collector_without_an_app_says_what_it_lacks(tmp_path: Path) -> None:
    environment = {"AFTERCLICK_DATA": str(tmp_path)}
    with pytest.raises(Misconfigured, match="set AFTERCLICK_STORE to one"):
        collect(load(environment), print)
    with pytest.raises(Misconfigured, match="AFTERCLICK_SECRET_KEY"):
        collect(load({**environment, "AFTERCLICK_STORE": "clickhouse://127.0.0.1:1"}), print)
