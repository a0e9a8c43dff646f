"""What making visits anew costs: 100,000 visits of one month (3.6 million events), each rollup by the job's own step.

Inserting the same events, with the rollups that they make, is the limit to compare with: wall clocks of a busy machine
mean little, CPU time and its ratio travel. A slice is what lies between two places where the job can be left.
"""

import tempfile
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from afterclick.app.installation import Installation
from afterclick.jobs import Stop
from afterclick.settings import load
from afterclick.signals import Event
from afterclick.store.rollups.outdated import MADE, REBUILD, Made, outdated
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store
from benchmarks.schema import EVENTS_A_VISIT, UNTIL, batches
from benchmarks.table import Row, show

VISITS = 100_000
WANTED_SLICE = 5


class Clocked(Stop):
    """Takes the time from one check to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.longest, self._last = 0.0, time.perf_counter()

    def check(self) -> None:
        """Never raises."""
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def main() -> bool:
    """Fill an installation, have everything due, and run the job until nothing is."""
    with tempfile.TemporaryDirectory() as data:
        installation = Installation.open(
            load({"AFTERCLICK_DATA": str(Path(data)), "AFTERCLICK_RETENTION_DAYS": "9000"})
        )
        store, filled, anew = installation.store, _Cost(), _Cost()
        with filled.taken():
            for number, batch in enumerate(batches(VISITS * EVENTS_A_VISIT)):
                store.insert("events", batch, f"b{number}")
        store.settle(UNTIL)
        installation.identity.run()
        installation.learned.keep("", MADE, Made(), 0)
        stop = Clocked()

        def job() -> None:
            installation.store.outdated.notice(installation.learned)
            while outdated(installation.learned):
                REBUILD.run(installation, stop)
            stop.check()

        with anew.taken(), ThreadPoolExecutor() as pool:
            longest = _longest_insert(store, lambda: pool.submit(job))
        installation.close()
    all_anew, inserting = f"all rollups of {VISITS:,} visits anew, CPU", f"{filled.cpu:.1f} s to insert them"
    sliced, waited = stop.longest < WANTED_SLICE, longest < WANTED_SLICE
    rows = [
        Row(all_anew, f"{anew.cpu:.1f} s", inserting, f"{anew.cpu / filled.cpu:.2f}", "", None),
        Row("the same, passed", f"{anew.passed:.1f} s", f"{filled.passed:.1f} s", "", "", None),
        Row("the longest slice", f"{stop.longest:.2f} s", "", "", f"< {WANTED_SLICE} s", sliced),
        Row(
            "the longest wait of a small insert meanwhile",
            f"{longest:.2f} s",
            "",
            "",
            f"< {WANTED_SLICE} s",
            waited,
        ),
    ]
    return show("Rebuild", rows)


class _Cost:
    """Seconds that passed, and of CPU."""

    passed = cpu = 0.0

    @contextmanager
    def taken(self) -> Generator[None]:
        started, used = time.perf_counter(), time.process_time()
        yield
        self.passed, self.cpu = time.perf_counter() - started, time.process_time() - used


def _longest_insert(store: Store, begin: Callable[[], Future[None]]) -> float:
    longest, run = 0.0, begin()
    while not run.done():
        began = time.perf_counter()
        store.insert("events", events_table([_page_view()]), uuid4().hex)
        longest = max(longest, time.perf_counter() - began)
        time.sleep(0.1)
    run.result()
    return longest


def _page_view() -> Event:
    return Event(site="another", event_id=str(uuid4()), type="page_view", time=UNTIL, received=UNTIL)


if __name__ == "__main__":
    main()
