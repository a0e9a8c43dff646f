"""Whether a release is named as the cause."""

from afterclick.resolve.candidate import Candidate
from afterclick.resolve.release import Group, Mark, released

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = 1_781_000_000_000
ONSET = NOW - DAY
SINCE = ONSET - 2 * DAY
SLOW_PHONES = Candidate(
    step="product",
    signal="slow",
    segment={"device_class": "mobile"},
    onset=ONSET,
    onset_low=ONSET - 2 * MINUTE,
    onset_high=ONSET + 2 * MINUTE,
    until=NOW,
    ended=None,
    arrivals=2000,
    exposed=1000,
    came=NOW,
    baseline=0.01,
    expected=20.0,
    evidence=500.0,
    symptoms=(),
)


def groups(release: str, first: int) -> list[Group]:
    """Half of what phones meet on `release` is slow; a fifth of them still runs the release before, unharmed."""
    return [
        Group(release, "mobile", 2000, 1000, 0, 0, first),
        Group("1.0", "mobile", 500, 5, 8000, 80, SINCE),
        Group(release, "desktop", 2000, 20, 0, 0, first),
    ]


def test_a_release_that_came_with_the_problem_and_alone_meets_it_is_its_cause() -> None:
    found = released(SLOW_PHONES, groups("1.1", ONSET), [Mark(ONSET, "web", "1.1")], SINCE)
    assert found is not None
    assert (found.target, found.release, found.device_class) == ("web", "1.1", "mobile")


def test_a_release_that_was_shipped_again_later_is_still_the_cause() -> None:
    marks = [Mark(ONSET, "web", "1.1"), Mark(NOW - MINUTE, "web", "1.1")]
    found = released(SLOW_PHONES, groups("1.1", ONSET), marks, SINCE)
    assert found is not None
    assert found.release == "1.1"


def test_a_release_that_nobody_announced_counts_from_when_it_was_first_met() -> None:
    found = released(SLOW_PHONES, groups("1.1", ONSET + MINUTE), [], SINCE)
    assert found is not None
    assert found.release == "1.1"


def test_a_release_hours_before_the_problem_is_not_its_cause() -> None:
    early = ONSET - 5 * HOUR
    assert released(SLOW_PHONES, groups("1.1", early), [Mark(early, "web", "1.1")], SINCE) is None
