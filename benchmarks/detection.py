"""What finding problems costs: CPU and wall seconds of one pass of detection, by how much it looks back on.

`python -m benchmarks.detection [VISITS…]`: the shop's simulated fortnight of so many visits (9,000, then 36,000,
unless told otherwise), a fault since yesterday, goes into a store of its own as the collector hands it over. Then as
many again that began before the fortnight. A *first* pass counts everything; a *next* one, as the timetable makes it
every 15 seconds, goes on from the one before. Events of the last minutes come in between. CPU time is that of the whole
process, the engine's threads with it, so that it can be told on a busy machine; both kinds are made in turns.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import pyarrow as pa
from tests.resolve.told import records

from afterclick.demo.shoppers import History
from afterclick.measure import BOUND
from afterclick.resolve import detect
from afterclick.resolve.counts import Kept
from afterclick.resolve.server import detect_at_servers
from afterclick.settings import Settings, load
from afterclick.signals import Event
from afterclick.store.engine.query import Parameter, Reader, Statement
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store, open_store
from benchmarks.table import Row, show

SITE = "default"
NOW = 1_781_000_000_000
DAY, SECOND = 86_400_000, 1_000
DAYS = 14
VISITS = (9_000, 36_000)
ROUNDS = 5
PACE = 15 * SECOND
BUSY = 2
BLOCK = 100_000
WANTED = 0.8
"""Of what a first pass costs, a next one at most. A small site's is mostly what statements take before they read."""


class Timed(Reader):
    """Reads from the store, and adds up the CPU seconds of each statement."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.spent: dict[str, float] = defaultdict(float)

    def arrow(
        self, scope: Scope, statement: Statement, parameters: Mapping[str, Parameter] | None = None
    ) -> pa.Table:
        began = time.process_time()
        try:
            return self._store.arrow(scope, statement, parameters)
        finally:
            self.spent[statement.name] += time.process_time() - began


@dataclass(frozen=True)
class Pass:
    """What one pass took, seconds; `parts` are CPU seconds by statement, and of what is done in Python."""

    cpu: float
    wall: float
    parts: Mapping[str, float]


@dataclass
class Site:
    """A store with a history in it, and the events of its last minutes still to come."""

    settings: Settings
    store: Store
    events: int = 0
    to_come: tuple[Event, ...] = ()
    now: int = NOW

    def fill(self, visits: int, *, until: int, fault: str, hold_back: int = 0) -> int:
        """Put the visits of DAYS days in; how many events they are. Those of the last `hold_back` ms are kept back."""
        history = History(seed=5, now=until, fault=fault, days=DAYS, visits_per_day=visits // DAYS)
        events, spans = records(self.settings, SITE, history)
        events.sort(key=lambda one: one.time)
        told = [one for one in events if one.time < until - hold_back]
        self.to_come += tuple(events[len(told) :])
        for at in range(0, len(told), BLOCK):
            self.store.insert("events", events_table(told[at : at + BLOCK]), f"{until}-e{at}")
        for at in range(0, len(spans), BLOCK):
            self.store.insert("spans", spans_table(spans[at : at + BLOCK]), f"{until}-s{at}")
        self.events += len(events)
        return len(events)

    def later(self) -> None:
        """One pace on: what was to come by then has come."""
        self.now += PACE
        come = [one for one in self.to_come if one.time < self.now]
        self.to_come = self.to_come[len(come) :]
        if come:
            self.store.insert("events", events_table(come), f"come-{self.now}")

    def looked_at(self, kept: Kept | None = None) -> Pass:
        """One pass of detection: what the job `watch` does, but for explaining and the book."""
        reader = Timed(self.store)
        wall, cpu = time.perf_counter(), time.process_time()
        found = detect(reader, Scope(SITE), self.now, kept=kept) + detect_at_servers(
            reader, Scope(SITE), self.now
        )
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if not found:
            raise RuntimeError("The fault was not found: there is nothing to measure.")
        return Pass(cpu, wall, {**reader.spent, "in Python": cpu - sum(reader.spent.values())})


def main() -> bool:
    """Fill, look and print; whether the bounds were kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("visits", nargs="*", type=int, default=VISITS)
    asked, _ = arguments.parse_known_args()
    kept = [_measured(visits) for visits in asked.visits]
    return all(kept)


def _measured(visits: int) -> bool:
    with _site() as site:
        in_window = site.fill(visits, until=NOW, fault="payment-slow", hold_back=20 * PACE)
        site.now = NOW - 20 * PACE
        rows = _rows(site, "", in_window)
        site.fill(visits, until=NOW - (DAYS + 3) * DAY, fault="")
        rows += _rows(site, f", {site.events - in_window:,} older events beside", in_window)[:2]
        rows += _beside_others(site)
    return show(
        f"Detection over {in_window:,} events of {visits:,} visits in {DAYS} days, one fault open", rows
    )


@contextmanager
def _site() -> Generator[Site]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load({"AFTERCLICK_DATA": str(Path(folder)), "AFTERCLICK_RETENTION_DAYS": "9000"})
        store = open_store(settings, BOUND)
        try:
            yield Site(settings, store)
        finally:
            store.close()


def _rows(site: Site, beside: str, events: int) -> list[Row]:
    first, later = _passes(site)
    ratio = later.cpu / first.cpu
    million = events / 1_000_000
    return [
        Row(
            f"first pass{beside}",
            f"{first.cpu:.2f} CPU s, {first.wall:.2f} s",
            "",
            "",
            f"{first.cpu / million:.2f} CPU s a million",
            None,
        ),
        Row(
            f"next pass{beside}",
            f"{later.cpu:.2f} CPU s, {later.wall:.2f} s",
            f"{first.cpu:.2f} CPU s (first pass)",
            f"{ratio:.2f}",
            f"< {WANTED}; {later.cpu / million:.2f} CPU s a million",
            ratio < WANTED,
        ),
        *(
            Row(f"  of the {word} pass: {name}", f"{cpu:.2f} CPU s", "", f"{cpu / one.cpu:.0%}", "", None)
            for word, one in (("first", first), ("next", later))
            for name, cpu in sorted(one.parts.items(), key=lambda part: -part[1])
        ),
    ]


def _passes(site: Site) -> tuple[Pass, Pass]:
    """Medians of a pass that counts everything and of one that goes on from the pass before, in turns."""
    kept = Kept()
    site.looked_at(kept)
    firsts, nexts = list[Pass](), list[Pass]()
    for _ in range(ROUNDS):
        site.later()
        firsts.append(site.looked_at())
        nexts.append(site.looked_at(kept))
    return _typical(firsts), _typical(nexts)


def _typical(passes: list[Pass]) -> Pass:
    by_cpu = sorted(passes, key=lambda one: one.cpu)[len(passes) // 2]
    return replace(by_cpu, wall=median(one.wall for one in passes))


def _beside_others(site: Site) -> list[Row]:
    """The wall time of both passes with and without two processes that want every core."""
    alone = _passes(site)
    with _busy():
        beside = _passes(site)
    return [
        Row(
            f"{name} pass beside {BUSY} busy processes",
            f"{busy.wall:.2f} s",
            f"{quiet.wall:.2f} s (without them)",
            f"{busy.wall / quiet.wall:.1f}",
            "",
            None,
        )
        for name, quiet, busy in zip(("first", "next"), alone, beside, strict=True)
    ]


@contextmanager
def _busy() -> Generator[None]:
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_turn, args=(os.getpid(),), daemon=True) for _ in range(BUSY)]
    for one in others:
        one.start()
    try:
        yield
    finally:
        for one in others:
            one.terminate()
            one.join()


def _turn(parent: int) -> None:
    while os.getppid() == parent:
        sum(range(100_000))


if __name__ == "__main__":
    raise SystemExit(not main())
