"""The timetable: what runs when. Each job is a plain callable; a slow run delays its next, and never doubles."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from apscheduler.job import Job as Planned
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from afterclick.clock import Clock, now_ms
from afterclick.log import redacted


@dataclass(frozen=True)
class Job:
    """One row of the timetable: `run` every `seconds`, and never before it has rested for `rest` times as long as its
    last run took, so that a large site on a small machine leaves time to those who look at pages.
    """

    name: str
    seconds: int
    run: Callable[[], None]
    rest: int = 0


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

    def __init__(self, jobs: tuple[Job, ...]) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._watched: list[tuple[Watched, Planned]] = []
        for job in jobs:
            watched = Watched(job)
            trigger = IntervalTrigger(seconds=job.seconds)
            planned = self._scheduler.add_job(watched.run_when_rested, trigger, name=job.name)
            self._watched.append((watched, planned))

    def start(self) -> None:
        """Begin; the first runs come one interval from now."""
        self._scheduler.start()

    def stop(self) -> None:
        """Let running jobs finish, start no more."""
        self._scheduler.shutdown(wait=True)

    def runs(self) -> list[JobRun]:
        """How each job is doing, in the order of the timetable."""
        return [replace(watched.seen, next=_next(watched, planned)) for watched, planned in self._watched]


@dataclass
class Watched:
    """A job whose runs are written down; never raises."""

    job: Job
    clock: Clock = now_ms
    rested: int = 0
    """When it may run again, UTC ms."""
    seen: JobRun = field(init=False)

    def __post_init__(self) -> None:
        self.seen = JobRun(self.job.name, self.job.seconds)

    def run_when_rested(self) -> None:
        """Run, unless it still rests."""
        if self.clock() >= self.rested:
            self._run()

    def _run(self) -> None:
        log = structlog.get_logger("jobs")
        began = self.clock()
        self.seen = replace(self.seen, started=began)
        error = ""
        try:
            self.job.run()
        except Exception as failure:  # a job must never end the timetable; what failed is in the log
            error = redacted(f"{type(failure).__name__}: {failure}")[:300]
            log.exception("job failed", job=self.job.name, ms=self.clock() - began)
        ended = self.clock()
        self.rested = ended + self.job.rest * (ended - began)
        self.seen = replace(
            self.seen,
            runs=self.seen.runs + 1,
            failures=self.seen.failures + bool(error),
            seconds=self.seen.seconds + (ended - began) / 1000,
            last_ms=ended - began,
            error=error,
        )


def _next(watched: Watched, planned: Planned) -> int | None:
    time = getattr(planned, "next_run_time", None)  # missing until the scheduler runs
    return max(watched.rested, int(time.timestamp() * 1000)) if isinstance(time, datetime) else None
