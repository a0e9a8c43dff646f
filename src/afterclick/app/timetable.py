"""The timetable: what runs when. A slow run delays its next, and never doubles."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from apscheduler.job import Job as Planned
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from afterclick.app.installation import Installation
from afterclick.clock import Clock, now_ms
from afterclick.customers.identity import IDENTITY
from afterclick.customers.privacy import ERASE, WIPE_LATE
from afterclick.customers.retention import RETENTION
from afterclick.jobs import Freshness, Job, Stop, Stopped
from afterclick.log import redacted
from afterclick.measure.exchange import EXCHANGE
from afterclick.resolve.hindsight import HINDSIGHT
from afterclick.resolve.leavings import ANSWERED
from afterclick.resolve.pricing import PRICE
from afterclick.resolve.silence import LISTEN
from afterclick.resolve.total import TOTAL
from afterclick.resolve.watch import WATCH
from afterclick.store.control.taken_and_dropped import FORGET_TALLIES
from afterclick.store.rollups.outdated import REBUILD
from afterclick.store.rollups.service_minutes import SETTLE
from afterclick.visits.served_routes import ROUTES_OF_SERVERS

JOBS: tuple[Job[Installation], ...] = (
    SETTLE,
    IDENTITY,
    EXCHANGE,
    ANSWERED,
    WATCH,
    PRICE,
    TOTAL,
    HINDSIGHT,
    LISTEN,
    ERASE,
    WIPE_LATE,
    RETENTION,
    FORGET_TALLIES,
    ROUTES_OF_SERVERS,
    REBUILD,
)
"""Every job of the rooms; `docs/architecture.md` lists them."""

_ASK_AGAIN_S = 0.25


@dataclass(frozen=True)
class JobRun:
    """How a job is doing: `started` and `next` are UTC ms, None when there is none; `error` is the last run's, empty
    when it did well; `seconds` sums all runs.
    """

    name: str
    every: int
    runs: int = 0
    failures: int = 0
    seconds: float = 0.0
    started: int | None = None
    last_ms: int | None = None
    error: str = ""
    next: int | None = None


class Timetable:
    """Runs jobs side by side in threads; a failing run is logged and the next one happens all the same."""

    def __init__(self, work: Sequence["Work"], stop: Stop) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._stop = stop
        self._running = False
        self._planned = [(one, self._plan(one)) for one in work]

    def start(self) -> None:
        """Begin; the first runs come one interval from now."""
        self._running = True
        self._scheduler.start()

    def end(self) -> None:
        """Start nothing more, and ask what runs to end. Returns at once; harmless when repeated."""
        self._stop.set()
        if self._running:
            self._running = False
            self._scheduler.shutdown(wait=False)

    def rest(self, patience: float, interrupt: Callable[[], None]) -> tuple[str, ...]:
        """After `end`, wait for what runs, for so many seconds, and `interrupt` again and again what it waits for.

        Returns the names of those that run all the same.
        """
        deadline = time.monotonic() + patience
        while (busy := self._busy()) and time.monotonic() < deadline:
            interrupt()
            busy[0].idle.wait(_ASK_AGAIN_S)
        return tuple(one.seen.name for one in busy)

    def runs(self) -> list[JobRun]:
        """How each job is doing, in the order of the timetable."""
        return [replace(work.seen, next=_next(work, planned)) for work, planned in self._planned]

    def freshness(self) -> list[Freshness]:
        """How fresh each thing is that a job feeds pages with."""
        return [fresh for work, _ in self._planned if (fresh := work.freshness())]

    def _plan(self, work: "Work") -> Planned:
        trigger = IntervalTrigger(seconds=work.seen.every)
        return self._scheduler.add_job(work.run_when_rested, trigger, name=work.seen.name)

    def _busy(self) -> "list[Work]":
        return [work for work, _ in self._planned if not work.idle.is_set()]


@dataclass
class Work:
    """A job over its parts, whose runs are written down; never raises. `may` raises where it must not run now."""

    job: Job[Any]
    parts: object
    stop: Stop
    may: Callable[[], None] = lambda: None
    clock: Clock = now_ms
    rested: int = 0
    """When it may run again, UTC ms."""
    as_of: int | None = None
    """When its newest run that did well began, UTC ms."""
    made: int = field(init=False)
    seen: JobRun = field(init=False)
    idle: threading.Event = field(default_factory=threading.Event)
    """Set while it does not run."""

    def __post_init__(self) -> None:
        self.seen, self.made = JobRun(self.job.name, self.job.every), self.clock()
        self.idle.set()

    def run_when_rested(self) -> None:
        """Run, unless it still rests or the app ends."""
        self.idle.clear()  # first: who waits for the end either sees that it runs, or it sees the end
        try:
            if self.clock() >= self.rested and not self.stop.is_set():
                self._run()
        finally:
            self.idle.set()

    def freshness(self) -> Freshness | None:
        """How fresh what it feeds pages with is now; None when it feeds none."""
        feed, allowed = self.job.feeds, self.job.late_after
        if feed is None:
            return None
        age = self.clock() - (self.made if self.as_of is None else self.as_of)
        return Freshness(self.job.name, feed.what, feed.done, self.as_of, allowed, age > allowed)

    def _run(self) -> None:
        began = self.clock()
        self.seen = replace(self.seen, started=began)
        error = self._error(began)
        ended = self.clock()
        self.rested = ended + self.job.rests(ended - began)
        self.as_of = self.as_of if error or self.stop.is_set() else began
        self.seen = replace(
            self.seen,
            runs=self.seen.runs + 1,
            failures=self.seen.failures + bool(error),
            seconds=self.seen.seconds + (ended - began) / 1000,
            last_ms=ended - began,
            error=error,
        )

    def _error(self, began: int) -> str:
        """Run; what went wrong, empty for nothing and for what was cut short by the app's end."""
        log = structlog.get_logger("jobs")
        try:
            self.may()
            self.job.run(self.parts, self.stop)
        except Exception as failure:  # a job must never end the timetable; what failed is in the log
            if isinstance(failure, Stopped) or self.stop.is_set():
                log.info("job cut short", job=self.job.name, ms=self.clock() - began)
                return ""
            log.exception("job failed", job=self.job.name, ms=self.clock() - began)
            return redacted(f"{type(failure).__name__}: {failure}")[:300]
        return ""


def _next(work: Work, planned: Planned) -> int | None:
    time = getattr(planned, "next_run_time", None)  # missing until the scheduler runs
    return max(work.rested, int(time.timestamp() * 1000)) if isinstance(time, datetime) else None
