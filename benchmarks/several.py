"""Two collectors on one spool: events a CPU-second against those of one."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from afterclick.accounts import DEFAULT_SITE, Keys, first_run
from afterclick.demo.run import free_ports
from afterclick.settings import load as load_settings
from afterclick.store.control.database import open_control
from benchmarks import collector, load
from benchmarks.collector import cpu_seconds
from benchmarks.table import Row, show

SECONDS = 8.0
WANTED = 0.85


def main() -> bool:
    """Measure one, then two, each in a folder of its own, and print."""
    one, two = _efficiency(1), _efficiency(2)
    ratio = two / one
    shown, limit = f"{two:,.0f}", f"{one:,.0f} (one)"
    row = Row("events/CPU-s, two collectors", shown, limit, f"{ratio:.2f}", f">= {WANTED}", ratio >= WANTED)
    return show("Two collectors on one spool", [row])


def _efficiency(processes: int) -> float:
    """Events acknowledged a second of CPU time that the collectors used."""
    batch = json.dumps([collector.event(number) for number in range(collector.BATCH)]).encode()
    with tempfile.TemporaryDirectory() as data, ExitStack() as stack:
        environment = {
            "AFTERCLICK_DATA": data,
            "AFTERCLICK_KEY_RATE": "0",
            "AFTERCLICK_ADDRESS_RATE": "0",
            "AFTERCLICK_GRPC_PORT": "0",
            "AFTERCLICK_SPOOL_BUDGET_BYTES": str(1 << 34),
        }
        settings = load_settings(environment)
        control = open_control(settings)
        first_run(control, settings)
        path = f"/v1/events?key={Keys(control).public(DEFAULT_SITE)}"
        ports = free_ports(processes)
        pids = [stack.enter_context(running(port, environment)) for port in ports]
        before = sum(cpu_seconds(pid) for pid in pids)
        with ThreadPoolExecutor() as pool:
            sending = [pool.submit(load.run, port, path, batch, 32, SECONDS) for port in ports]
            met = [one.result() for one in sending]
        used = sum(cpu_seconds(pid) for pid in pids) - before
        return sum(one.requests for one in met) * collector.BATCH / used


@contextmanager
def running(port: int, environment: dict[str, str]) -> Generator[int]:
    """A collector on the port, by its process id; ended at the end."""
    own = os.environ | environment | {"AFTERCLICK_COLLECTOR_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "afterclick.collect"], env=own)
    try:
        collector.wait(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    sys.exit(not main())
