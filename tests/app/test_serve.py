"""`afterclick serve` as a process: what it keeps running, whom it lets in, how it ends."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports
from afterclick.errors import Misconfigured

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One for the tests that leave it as it was."""
    with running(tmp_path_factory.mktemp("shared")) as product:
        yield product


@pytest.fixture
def of_its_own(tmp_path: Path) -> Iterator[Product]:
    """One for a test that ends it."""
    with running(tmp_path) as product:
        yield product


@contextmanager
def running(folder: Path) -> Generator[Product]:
    with Product(Place(folder / "data", *free_ports(2))) as started:
        started.wait()
        yield started


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.05)


def test_a_body_that_is_much_too_large_is_answered_when_it_has_passed(product: Product) -> None:
    answer = httpx.post(f"{product.place.dashboard}/sign-in", content=bytes(12_000_000), timeout=PATIENCE_S)
    assert answer.status_code == 413


def takes(product: Product) -> bool:
    """Whether the collector acknowledges an event now."""
    try:
        headers = {"x-afterclick-key": product.public_key()}
        event = {"type": "track", "name": "hello"}
        answer = httpx.post(f"{product.place.collector}/v1/events", json=event, headers=headers)
    except httpx.HTTPError:
        return False
    return answer.status_code == 202


def is_alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="finds the collector in /proc")
def test_a_collector_that_dies_is_started_again(product: Product) -> None:
    assert takes(product)
    (collector,) = product.children()
    os.kill(collector, signal.SIGKILL)
    until(lambda: takes(product), "the collector to come back")
    assert product.children() != [collector]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells the collector: prctl")
def test_an_app_that_is_killed_takes_its_collector_with_it(of_its_own: Product) -> None:
    (collector,) = of_its_own.children()
    os.kill(of_its_own.pid, signal.SIGKILL)
    until(lambda: not is_alive(collector), "the collector to end")


def test_stopping_it_takes_the_local_socket_away(of_its_own: Product) -> None:
    assert of_its_own.place.socket.exists()
    of_its_own.stop()
    assert not of_its_own.place.socket.exists()


def test_only_the_owner_of_the_data_folder_can_reach_the_local_socket(product: Product) -> None:
    assert stat.S_IMODE(product.place.data.stat().st_mode) == 0o700


def test_a_second_app_on_the_same_folder_is_told_so_in_one_sentence(product: Product) -> None:
    port, collector_port = free_ports(2)
    second = Product(Place(product.place.data, port, collector_port))
    with second, pytest.raises(Misconfigured, match="belongs to the running process"):
        second.wait()
    assert takes(product)


def test_a_port_that_is_taken_is_told_in_one_sentence_and_a_failing_exit(
    product: Product, tmp_path: Path
) -> None:
    (collector_port,) = free_ports(1)
    environment = {
        **os.environ,
        "AFTERCLICK_DATA": str(tmp_path / "other"),
        "AFTERCLICK_PORT": str(product.place.port),
        "AFTERCLICK_COLLECTOR_PORT": str(collector_port),
        "AFTERCLICK_GRPC_PORT": "0",
    }
    command = [sys.executable, "-m", "afterclick.cli", "serve"]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert ended.returncode == 1
    assert f"Port {product.place.port} of 127.0.0.1 cannot be had" in ended.stderr
    assert "Traceback" not in ended.stderr
