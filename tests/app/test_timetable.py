"""When a job runs, and how all of them end."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.accounts.ticking import Ticking

from afterclick.app.installation import Installation
from afterclick.app.timetable import JOBS, Timetable, Work
from afterclick.jobs import LONGEST_REST, PATIENCE, Feed, Job, Stop

ROOT = Path(__file__).parents[2]


def test_a_job_rests_for_some_times_as_long_as_it_took() -> None:
    clock = Ticking()
    ran: list[int] = []

    def work(_: object, __: Stop) -> None:
        ran.append(clock.now)
        clock.later(5_000)

    began = clock.now
    watched = Work(Job("watch", 15, work, "works", rest=3), None, Stop(), clock=clock)
    for _ in range(60):
        watched.run_when_rested()
        clock.later(1_000)
    assert [at - began for at in ran] == [0, 20_000, 40_000, 60_000]


@pytest.mark.parametrize(
    ("took", "rests"),
    [(0, 0), (5_000, 15_000), (40_000, 120_000), (41_000, 120_000), (450_000, 120_000), (7_200_000, 120_000)],
)
def test_a_slow_run_rests_two_minutes_at_most(took: int, rests: int) -> None:
    clock = Ticking()
    job = Job[object]("watch", 15, lambda _, __: clock.later(took), "works", rest=3)
    work = Work(job, None, Stop(), clock=clock)
    work.run_when_rested()
    assert work.rested - clock.now == rests


FED = Job[object]("watch", 15, lambda _, __: None, "works", rest=3, feeds=Feed("problems", "checked"))


def test_what_a_job_feeds_is_late_when_its_newest_good_run_began_too_long_ago() -> None:
    clock, ill = Ticking(), False

    def work(_: object, __: Stop) -> None:
        clock.later(450_000 if ill else 1_000)
        if ill:
            raise ValueError("no")

    one = Work(replace(FED, run=work), None, Stop(), clock=clock)
    assert late(one) == (None, False)
    clock.later(195_001)
    assert late(one) == (None, True)
    one.run_when_rested()
    good = clock.now - 1_000
    assert late(one) == (good, False)
    ill = True
    clock.later(15_000)
    one.run_when_rested()
    assert late(one) == (good, True), "neither a run that fails nor one that goes on makes it fresh"


def late(work: Work) -> tuple[int | None, bool]:
    fresh = work.freshness()
    assert fresh
    return fresh.as_of, fresh.late


@pytest.mark.parametrize("job", [job for job in JOBS if job.feeds], ids=lambda job: job.name)
def test_a_healthy_run_of_whatever_feeds_pages_is_never_late(job: Job[Installation]) -> None:
    clock = Ticking()
    took = LONGEST_REST // job.rest // 2 if job.rest else PATIENCE // 2

    def work(_: object, __: Stop) -> None:
        clock.later(took)
        assert late(one)[1] is False

    one = Work(Job[object](job.name, job.every, work, "", job.rest, job.feeds), None, Stop(), clock=clock)
    for _ in range(5):
        one.run_when_rested()
        assert late(one)[1] is False
        clock.now = max(one.rested, clock.now + job.every * 1000)
    assert (one.seen.runs, one.seen.failures) == (5, 0)


def test_every_job_that_makes_what_a_page_shows_says_so() -> None:
    assert [job.name for job in JOBS if job.feeds] == [
        "settle",
        "identity",
        "watch",
        "price",
        "total at risk",
    ]


def test_a_job_that_fails_rests_too_and_runs_again() -> None:
    clock = Ticking()

    def fail(_: object, __: Stop) -> None:
        clock.later(1_000)
        raise ValueError("no")

    watched = Work(Job("watch", 15, fail, "fails", rest=3), None, Stop(), clock=clock)
    for _ in range(3):
        watched.run_when_rested()
        clock.later(3_000)
    assert (watched.seen.runs, watched.seen.failures) == (3, 3)


def test_a_job_without_rest_runs_whenever_it_is_asked() -> None:
    clock = Ticking()
    watched = Work(Job("erase", 2, lambda _, __: clock.later(60_000), "erases"), None, Stop(), clock=clock)
    watched.run_when_rested()
    watched.run_when_rested()
    assert watched.seen.runs == 2


class Slow:
    """A job that begins, and goes on until it is let go or asks whether the app ends."""

    def __init__(self, *, asks: bool) -> None:
        self.begun, self.free = threading.Event(), threading.Event()
        self._asks = asks

    def run(self, _: object, stop: Stop) -> None:
        self.begun.set()
        while not self.free.wait(0.01):
            if self._asks:
                stop.check()


def running(slow: Slow) -> Timetable:
    stop = Stop()
    made = Timetable([Work(Job("slow", 1, slow.run, "takes its time"), None, stop)], stop)
    made.start()
    assert slow.begun.wait(10)
    return made


def test_a_job_that_asks_ends_when_the_app_does_and_that_is_no_failure() -> None:
    timetable = running(Slow(asks=True))
    timetable.end()
    assert timetable.rest(10, lambda: None) == ()
    (run,) = timetable.runs()
    assert (run.failures, run.error) == (0, "")


def test_a_job_whose_statement_is_cancelled_ends_with_the_app() -> None:
    slow = Slow(asks=False)
    timetable = running(slow)
    timetable.end()
    assert timetable.rest(10, slow.free.set) == ()


def test_a_job_that_does_not_end_is_named_when_patience_is_over_and_nothing_new_begins() -> None:
    slow = Slow(asks=False)
    timetable = running(slow)
    timetable.end()
    assert timetable.rest(0.05, lambda: None) == ("slow",)
    slow.free.set()
    assert timetable.rest(10, lambda: None) == ()
    assert timetable.runs()[0].runs == 1


def test_a_job_that_is_due_at_the_end_is_not_begun() -> None:
    stop, ran = Stop(), list[int]()
    work = Work(Job("late", 1, lambda _, __: ran.append(1), "comes late"), None, stop)
    stop.set()
    work.run_when_rested()
    assert ran == []


def test_the_docs_list_every_job_with_what_it_does() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = text.split("## Timetable")[1].split("\n\n")[1]
    listed = re.findall(r"^\| ([^|]+) \| (\d+) s \| (.+) \|$", table, re.MULTILINE)
    assert listed == [(job.name, str(job.every), job.what) for job in JOBS]
