"""Which candidate is which problem."""

import msgspec
import pytest
from tests.web.troubles import a_problem

from afterclick.resolve.candidate import Candidate
from afterclick.resolve.problem import REOPENS, likeness

OPEN = msgspec.structs.replace(a_problem("site"), symptoms=("error",))
CLOSED = msgspec.structs.replace(OPEN, status="closed", closed=OPEN.last_seen)
CANDIDATE = Candidate(
    step=OPEN.step,
    signal=OPEN.signal,
    segment=OPEN.segment,
    onset=OPEN.last_seen + REOPENS,
    onset_low=0,
    onset_high=0,
    until=0,
    arrivals=1,
    exposed=1,
    came=OPEN.last_seen + REOPENS,
    baseline=0.01,
    expected=0.01,
    evidence=1.0,
)


def like(**changed: object) -> Candidate:
    return msgspec.structs.replace(CANDIDATE, **changed)


def test_a_closed_problem_that_comes_back_within_seven_days_is_the_same_and_later_another() -> None:
    assert REOPENS == 7 * 86_400_000
    assert likeness(CLOSED, CANDIDATE) == 2
    assert likeness(CLOSED, like(onset=CANDIDATE.onset + 1)) == 0
    assert likeness(OPEN, like(onset=CANDIDATE.onset + 1)) == 2, "while it is open it has not gone"


@pytest.mark.parametrize("segment", [{}, {**OPEN.segment, "browser": "Chrome"}])
def test_a_wider_or_narrower_segment_is_the_same_problem_only_while_that_is_open(
    segment: dict[str, str],
) -> None:
    assert likeness(OPEN, like(segment=segment)) == 1
    assert likeness(CLOSED, like(segment=segment)) == 0


def test_another_step_segment_or_signal_is_another_problem_but_a_symptom_is_not() -> None:
    assert likeness(OPEN, like(step="thanks")) == 0
    assert likeness(OPEN, like(segment={"browser": "Chrome"})) == 0
    assert likeness(OPEN, like(signal="struggle")) == 0
    assert likeness(OPEN, like(signal="error")) == 2
