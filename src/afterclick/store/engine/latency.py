"""How long the store's statements take, by name, since the start; bounded, whatever is asked."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from afterclick.stats.sketch import Sketch

_NAMES = 300
_REST = "all others"


@dataclass(frozen=True)
class Latency:
    """One statement: how often it ran, `seconds` in all, and half and 95 % of the runs took at most so many seconds."""

    name: str
    count: int
    seconds: float
    p50: float
    p95: float


class Latencies:
    """Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sketches: dict[str, Sketch] = {}

    @contextmanager
    def measured(self, name: str) -> Generator[None]:
        """Count the time that the block takes, waiting for a connection included, also when it fails."""
        started = time.perf_counter()
        try:
            yield
        finally:
            taken = time.perf_counter() - started
            with self._lock:
                known = name if name in self._sketches or len(self._sketches) < _NAMES else _REST
                self._sketches.setdefault(known, Sketch()).add(taken)

    def all(self) -> list[Latency]:
        """Every statement that ran, the one that took most time in all first."""
        with self._lock:
            found = [
                Latency(name, one.count, one.sum, one.quantile(0.5), one.quantile(0.95))
                for name, one in self._sketches.items()
            ]
        return sorted(found, key=lambda one: -one.seconds)
