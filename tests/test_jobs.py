"""When a job runs."""

from tests.accounts.ticking import Ticking

from afterclick.jobs import Job, Watched


def test_a_job_rests_for_some_times_as_long_as_it_took() -> None:
    clock = Ticking()
    ran: list[int] = []

    def work() -> None:
        ran.append(clock.now)
        clock.later(5_000)

    began = clock.now
    watched = Watched(Job("watch", 15, work, rest=3), clock)
    for _ in range(60):
        watched.run_when_rested()
        clock.later(1_000)
    assert [at - began for at in ran] == [0, 20_000, 40_000, 60_000]


def test_a_job_that_fails_rests_too_and_runs_again() -> None:
    clock = Ticking()

    def fail() -> None:
        clock.later(1_000)
        raise ValueError("no")

    watched = Watched(Job("watch", 15, fail, rest=3), clock)
    for _ in range(3):
        watched.run_when_rested()
        clock.later(3_000)
    assert (watched.seen.runs, watched.seen.failures) == (3, 3)


def test_a_job_without_rest_runs_whenever_it_is_asked() -> None:
    clock = Ticking()
    watched = Watched(Job("erase", 2, lambda: clock.later(60_000)), clock)
    watched.run_when_rested()
    watched.run_when_rested()
    assert watched.seen.runs == 2
