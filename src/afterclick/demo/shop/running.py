"""Starting the shop's processes, watching over them and stopping them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from afterclick.demo.shop.ports import DEFAULT, PROCESSES, Ports
from afterclick.errors import AfterclickError

START_S = 120.0
STOP_S = 6.0
SWITCH_S = 15.0


class ShopError(AfterclickError):
    """The shop could not be started or told something; the message is one sentence that says what to do."""


class Shop:
    """The running shop. A context manager; leaving it stops the processes."""

    def __init__(self, ports: Ports, children: dict[str, subprocess.Popen[bytes]]) -> None:
        self.ports = ports
        self._children = children

    @property
    def url(self) -> str:
        """Where customers shop, e.g. "http://127.0.0.1:8500"."""
        return self.ports.url("storefront")

    def faults(self) -> dict[str, bool]:
        """Every fault by name and whether it is on. Raises ShopError."""
        return read_faults(self.url)

    def set_fault(self, name: str, on: bool) -> None:
        """Switch one fault. Raises ShopError for an unknown name or when the shop is gone."""
        switch_fault(self.url, name, on)

    def pids(self) -> dict[str, int]:
        """The process id of each process by name."""
        return {name: child.pid for name, child in self._children.items()}

    def stop(self) -> None:
        """End all processes, first by asking; harmless when repeated."""
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + STOP_S
        for child in self._children.values():
            _end(child, deadline)
        self._children.clear()

    def __enter__(self) -> "Shop":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    collector_url: str, key: str, data_dir: str | Path, ports: Ports = DEFAULT, seed: int | None = None
) -> Shop:
    """Start all processes and wait until each answers; `seed` fixes their chance, logs go to DATA/shop.

    Raises ShopError when a port is taken, and, with the log to read, when a process ends or does not answer
    within two minutes.
    """
    _require_free(ports)
    logs = Path(data_dir) / "shop"
    logs.mkdir(parents=True, exist_ok=True)
    children: dict[str, subprocess.Popen[bytes]] = {}
    shop = Shop(ports, children)
    try:
        for name in PROCESSES:
            command = _command(name, collector_url, ports, seed)
            children[name] = _spawn(command, key, logs / f"{name}.log")
        _wait(children, ports, logs)
    except BaseException:
        shop.stop()
        raise
    return shop


def switch_fault(url: str, name: str, on: bool) -> dict[str, bool]:
    """Switch a fault of the shop at `url`; the state of all afterwards. Raises ShopError."""
    return _control("POST", f"{url}/_faults/{name}", {"on": on})


def read_faults(url: str) -> dict[str, bool]:
    """The state of all faults of the shop at `url`. Raises ShopError."""
    return _control("GET", f"{url}/_faults")


def _control(method: str, url: str, body: dict[str, bool] | None = None) -> dict[str, bool]:
    try:
        answer = httpx.request(method, url, json=body, timeout=SWITCH_S, trust_env=False)
    except httpx.HTTPError as error:
        where = url.partition("/_faults")[0]
        raise ShopError(f"No shop answers at {where}; start it with `afterclick demo`.") from error
    if answer.is_error:
        raise ShopError(answer.json()["message"])
    return answer.json()["faults"]


def _require_free(ports: Ports) -> None:
    for name in PROCESSES:
        where = urlsplit(ports.url(name))
        try:
            socket.create_server((where.hostname, where.port)).close()
        except OSError as error:
            raise ShopError(
                f"Port {where.port}, where the shop's {name} should listen, is taken; stop what listens there."
            ) from error


def _command(name: str, collector_url: str, ports: Ports, seed: int | None) -> list[str]:
    flags = [f"--{field.name.replace('_', '-')}-port={getattr(ports, field.name)}" for field in fields(Ports)]
    if seed is not None:
        flags.append(f"--seed={seed}")
    module = [sys.executable, "-m", "afterclick.demo.shop"]
    return [*module, name, "--attached", f"--collector={collector_url}", *flags]


def _spawn(command: list[str], key: str, log: Path) -> subprocess.Popen[bytes]:
    direct = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"]))
    environment = {**os.environ, "SHOP_KEY": key, "NO_PROXY": direct, "no_proxy": direct}
    with log.open("wb") as output:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, env=environment
        )


def _wait(children: Mapping[str, subprocess.Popen[bytes]], ports: Ports, logs: Path) -> None:
    deadline = time.monotonic() + START_S
    with httpx.Client(timeout=2.0, trust_env=False) as client:
        for name, child in children.items():
            while not _healthy(client, ports.url(name), child.pid):
                if child.poll() is not None or time.monotonic() > deadline:
                    port = ports.url(name)
                    raise ShopError(
                        f"The shop's {name} did not start at {port}; {logs / f'{name}.log'} says why."
                    )
                time.sleep(0.05)


def _healthy(client: httpx.Client, url: str, pid: int) -> bool:
    try:
        answer = client.get(f"{url}/_health")
    except httpx.HTTPError:
        return False
    return answer.is_success and answer.json()["pid"] == pid


def _end(child: subprocess.Popen[bytes], deadline: float) -> None:
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
