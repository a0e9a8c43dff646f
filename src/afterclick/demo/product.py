"""The product under demonstration, as a process spoken to only through its front doors, its local socket and its
command line."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from afterclick.errors import Misconfigured, Unavailable

START_S = 120.0
STOP_S = 25.0


@dataclass(frozen=True)
class Place:
    """Where the product runs: its data folder and its two ports."""

    data: Path
    port: int = 8400
    collector_port: int = 4318

    @property
    def dashboard(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def collector(self) -> str:
        return f"http://127.0.0.1:{self.collector_port}"

    @property
    def socket(self) -> Path:
        return self.data / "app.sock"


class Product:
    """A running `afterclick serve`, open to whoever reaches it on loopback unless it is `guarded` by a sign-in.

    A context manager; leaving it stops the process.
    """

    def __init__(self, place: Place, site: str = "default", *, guarded: bool = False) -> None:
        self.place = place
        self.site = site
        self._log = place.data / "serve.log"
        place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "afterclick.cli", "serve"],
                env=_environment(place, guarded),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        transport = httpx.HTTPTransport(uds=str(place.socket))
        self._local = httpx.Client(transport=transport, base_url="http://localhost", timeout=60)

    def wait(self) -> None:
        """Return when both doors answer; raises Misconfigured with the reason when the process ends instead."""
        deadline = time.monotonic() + START_S
        while not (self._alive() and _answers(f"{self.place.collector}/healthz")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Misconfigured(f"Afterclick did not start: {self._last_words()}")
            time.sleep(0.1)

    def name_site(self, name: str) -> None:
        """Give the site the name that its pages show."""
        command = [sys.executable, "-m", "afterclick.cli", "sites", "change", self.site, "--name", name]
        done = subprocess.run(
            command, env=_environment(self.place, False), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Unavailable(f"The site could not be named: {done.stderr.strip()}")

    def create_key(self, name: str, *capabilities: str) -> str:
        """A new write key of the site."""
        wanted = {"name": name, "capabilities": capabilities}
        return str(self._ask("POST", "keys", wanted)["secret"])

    def public_key(self) -> str:
        """The site's own key, as its pages carry it."""
        return next(
            str(key["clear"]) for key in self._ask("GET", "keys") if key["clear"] and not key["revoked"]
        )

    def problems(self) -> list[dict[str, Any]]:
        """What the product found, as its own JSON."""
        return self._ask("GET", "problems")

    def waiting(self) -> int:
        """Rows that were acknowledged and are not queryable yet."""
        return int(self._ask("GET", "intake")["waiting_rows"])

    def resident_bytes(self) -> int:
        """Memory that the product's processes hold, shared pages counted once (PSS, proc(5)); Linux only."""
        return sum(self.held_bytes(pid) for pid in (self.pid, *self.children()))

    def held_bytes(self, pid: int) -> int:
        """Memory that one process holds, shared pages counted by share (PSS, proc(5)); Linux only."""
        rollup = Path(f"/proc/{pid}/smaps_rollup")
        found = re.search(r"^Pss:\s+(\d+) kB", rollup.read_text(encoding="ascii"), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0

    def children(self) -> list[int]:
        """Its child processes, the collector among them; Linux only."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> None:
        """Ask the process to end. Returns at once; harmless when repeated."""
        self._process.terminate()

    def ended(self, patience: float) -> int:
        """The exit code, once it has ended; raises subprocess.TimeoutExpired after so many seconds."""
        return self._process.wait(patience)

    def stop(self) -> None:
        """End the process; harmless when repeated."""
        self.end()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._local.close()
        self.stop()

    def _ask(self, method: str, path: str, json: object = None) -> Any:
        try:
            answer = self._local.request(method, f"/api/v1/{path}", params={"site": self.site}, json=json)
        except httpx.HTTPError as error:
            raise Unavailable(f"Afterclick stopped answering; {self._log} says why.") from error
        if answer.is_error:
            raise Unavailable(answer.json()["detail"])
        return answer.json()

    def _alive(self) -> bool:
        try:
            return self.place.socket.exists() and self._local.get("/healthz").is_success
        except httpx.HTTPError:
            return False

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it said nothing; see {self._log}"


def _environment(place: Place, guarded: bool) -> dict[str, str]:
    return {
        **os.environ,
        "AFTERCLICK_DATA": str(place.data),
        "AFTERCLICK_PORT": str(place.port),
        "AFTERCLICK_COLLECTOR_PORT": str(place.collector_port),
        "AFTERCLICK_GRPC_PORT": "0",
        "AFTERCLICK_OPEN_ON_LOOPBACK": "0" if guarded else "1",
    }


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False
