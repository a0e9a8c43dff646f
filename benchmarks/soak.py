"""Whether memory stays flat: the whole product under a steady load, `python -m benchmarks.soak [MINUTES]`.

The load is 2,000 page views a second, in a hundred new visits of twenty, each from a device of its own. Prints the
resident memory of app and collector and its slope, fitted after the first fifth of the run, with the 95 % interval that
the scatter of the samples gives.
"""

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.stats import linregress, t

from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports
from benchmarks import collector, load
from benchmarks.table import Row, show

MINUTES = 10.0
EVENTS_A_SECOND = 2_000
A_VISIT = 20
EVERY_S = 2.0
WARM_UP = 0.2
FLAT = 0.05
"""Growth over the whole run that still counts as flat, as a share of what is held."""


@dataclass
class Memory:
    """Samples of one process: seconds since the start, and MB held (shared pages counted once)."""

    name: str
    seconds: list[float] = field(default_factory=list[float])
    held: list[float] = field(default_factory=list[float])

    def row(self) -> Row:
        """Its slope, MB a minute, and what that makes of the whole run."""
        first = int(len(self.held) * WARM_UP)
        minutes, held = np.asarray(self.seconds[first:]) / 60, np.asarray(self.held[first:])
        fit = linregress(minutes, held)
        slope, half = float(fit.slope), float(fit.stderr * t.ppf(0.975, len(held) - 2))
        growth = (slope - half) * (minutes[-1] - minutes[0])
        shown = f"{slope:+.2f} MB/min ({slope - half:+.2f} to {slope + half:+.2f}), {held.mean():.0f} MB"
        flat = bool(growth < FLAT * held.mean())
        return Row(f"{self.name}, slope of resident memory", shown, "", "", f"< {FLAT:.0%} in the run", flat)


def main() -> bool:
    """Load it, watch it, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("minutes", nargs="?", type=float, default=MINUTES)
    asked, _ = arguments.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Place(Path(scratch), *free_ports(2))
        with Product(place) as product, ThreadPoolExecutor() as pool:
            product.wait()
            sending = pool.submit(_send, product, asked.minutes * 60)
            memories = _watched(product, sending)
            met = sending.result()
    rate = met.rate * collector.BATCH
    kept = Row("events/s taken", f"{rate:,.0f}", "", "", "", None)
    return show(f"Memory over {asked.minutes:g} minutes", [kept, *(memory.row() for memory in memories)])


def _send(product: Product, seconds: float) -> load.Measured:
    batch = json.dumps([_event(number) for number in range(collector.BATCH)]).encode()
    path = f"/v1/events?key={product.public_key()}"
    rate = EVENTS_A_SECOND / collector.BATCH
    return load.run(product.place.collector_port, path, batch, 8, seconds, rate)


def _event(number: int) -> dict[str, object]:
    """A page view of a visit that begins with its request."""
    visit = number // A_VISIT
    return collector.event(number) | {
        "time": json.loads(load.NOW),
        "session_id": f"{load.UUID_TIME.decode()}-7abc-8def-{load.NUMBER.decode()}{visit:04x}",
        "device_id": f"device-{load.NUMBER.decode()}-{visit}",
    }


def _watched(product: Product, sending: "Future[load.Measured]") -> list[Memory]:
    memories = {product.pid: Memory("app")} | {pid: Memory("collector") for pid in product.children()[:1]}
    began = time.monotonic()
    while not sending.done():
        for pid, memory in memories.items():
            memory.seconds.append(time.monotonic() - began)
            memory.held.append(product.held_bytes(pid) / 1e6)
        time.sleep(EVERY_S)
    return list(memories.values())


if __name__ == "__main__":
    sys.exit(not main())
