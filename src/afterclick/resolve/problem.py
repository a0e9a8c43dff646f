"""A problem: a candidate with a name that lasts, its price, its cause, and whether it is still going on."""

import hashlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from afterclick.impact import Estimate, Interval, Question, Signal
from afterclick.measure.usual import Limit
from afterclick.resolve.candidate import RECENT, Before, Candidate, Segment, Wait, is_wait
from afterclick.resolve.cause import Cause, Comparison

Status = Literal["open", "merged", "closed"]


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """Which problem took another in, by its id, when (UTC ms), and what that was then: the fault goes on in it."""

    into: str
    at: int
    signal: Signal
    segment: Segment


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """What a price was asked for, when (UTC ms), and how many visits had met the problem then."""

    question: Question
    at: int
    visits: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of a site, as the book keeps it. Times are UTC ms.

    `id` stays the same from run to run, through closing and reopening. `exposed_visits` of `arrivals` since `onset`
    met the signal, `recent_visits` of them within the last 24 hours, `expected` would have at the baseline. `before` is
    what was measured before the onset, and `came` when the last of the arrivals did, None of problems that an older
    version kept. `closed` is when exposure came back
    to the baseline, or, of one that has `lapsed`, when it was last met: that it ended was not measured then. One that
    another problem took in has not closed, but is `merged`. `evidence` holds the figures that decided: affected against
    unaffected. The cause is that of `examined`, when `exposed_visits` was `examined_visits`. `estimate`, None until it
    is priced, is what was `priced`.
    One that is slower than usual has the `limits` from which on that is so, which stay while it is open, and a `wait`.
    One that stands at a `service` has no step and no visits: its arrivals and exposed are requests.
    """

    id: str
    site: str
    step: str
    service: str = ""
    signal: Signal
    segment: Segment
    status: Status
    onset: int
    onset_low: int
    onset_high: int
    detected: int
    last_seen: int
    arrivals: int
    exposed_visits: int
    recent_visits: int | None = None
    came: int | None = None
    expected: float
    baseline: float
    before: Before | None = None
    symptoms: tuple[Signal, ...] = ()
    limits: tuple[Limit, ...] = ()
    wait: Wait | None = None
    closed: int | None = None
    lapsed: bool = False
    merged: Merged | None = None
    estimate: Estimate | None = None
    priced: Priced | None = None
    examined: int = 0
    examined_visits: int = 0
    cause: Cause
    evidence: tuple[Comparison, ...] = ()


_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
STANDS = 5 * _MINUTE
"""A cause and a price stand for this long, ms, …"""
GROWN = 1.1
"""… unless this many times as many visits have met the problem by then: a young one is looked at again soon."""
SILENT = 30 * _MINUTE
"""That nobody comes for less than this is not told."""
REOPENS = 7 * _DAY
"""A closed problem that comes back within this time is the same problem."""


def deserted_since(problem: Problem) -> int | None:
    """When the last one came to an open problem (UTC ms) whom nobody followed for longer than chance; else None.

    Longer than `SILENT` and than five mean gaps between arrivals: in a Poisson process of that rate such a silence has
    a probability below 0.7 %.
    """
    if problem.status != "open" or problem.came is None:
        return None
    gap = (problem.came - problem.onset) / max(problem.arrivals, 1)
    return problem.came if problem.last_seen - problem.came >= max(SILENT, 5 * gap) else None


def problem_id(site: str, candidate: Candidate) -> str:
    """A name made once, when the problem is opened, from what it was then."""
    parts = (
        site,
        candidate.service or candidate.step,
        candidate.signal,
        *sorted(candidate.segment.items()),
        candidate.onset,
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def likeness(problem: Problem, candidate: Candidate) -> int:
    """How surely the candidate is this problem: 0 not, 1 its segment is nested in the other's, 2 the very same.

    The signal may be one that the other folded in as a symptom. One that has closed, or was taken in by another, comes
    back only as the very same.
    """
    signals = _kinds(problem) & _kinds(candidate)
    if (problem.step, problem.service) != (candidate.step, candidate.service) or not signals:
        return 0
    if problem.segment == candidate.segment:
        recent = (
            problem.status == "open" or candidate.onset <= (problem.closed or problem.last_seen) + REOPENS
        )
        return 2 if recent else 0
    ours, theirs = problem.segment.items(), candidate.segment.items()
    return int(problem.status == "open" and (ours <= theirs or theirs <= ours))


def _kinds(one: Problem | Candidate) -> set[Signal]:
    """What it is met by. One that was slower than usual and is slow by now goes on."""
    return {"slow" if is_wait(signal) else signal for signal in (one.signal, *one.symptoms)}


def rate(problem: Problem) -> Interval | None:
    """Revenue that it costs an hour now; None while it is not priced.

    The loss of an exposed visit, by the estimate, times the exposed visits of the last 24 hours, or since it began.
    """
    estimate = problem.estimate
    if estimate is None or estimate.revenue_lost is None or estimate.until <= estimate.since:
        return None
    if problem.recent_visits is None or not problem.exposed_visits:
        return estimate.revenue_lost.scaled(_HOUR / (estimate.until - estimate.since))
    lasted = max(min(problem.last_seen - problem.onset, RECENT), _MINUTE)
    return estimate.revenue_lost.scaled(problem.recent_visits / problem.exposed_visits * _HOUR / lasted)


def at_risk(problem: Problem) -> float:
    """Revenue that it costs an hour now, 0 while that it costs anything is not clear: problems are ranked by it, so
    that one which has just begun and burns faster comes before an old one that has cost more in all.
    """
    found = rate(problem)
    return found.value if found and found.low > 0 else 0.0


def _is_part(one: Problem, whole: Problem) -> bool:
    """Whether `one` is that part of a wider problem which lies in its segment: the same cause behind both."""
    ours, theirs = one.segment.items(), whole.segment.items()
    return theirs < ours and one.cause.kind != "unknown" and _culprit(one.cause) == _culprit(whole.cause)


def whole_of(one: Problem, opened: Sequence[Problem]) -> Problem | None:
    """The first wider problem of which this one is a part, that is no part itself."""
    wider = (other for other in opened if _is_part(one, other))
    return next((other for other in wider if not any(_is_part(other, each) for each in opened)), None)


def _culprit(cause: Cause) -> tuple[str, ...]:
    return (
        cause.kind,
        cause.service,
        cause.operation,
        cause.peer,
        cause.element,
        cause.script,
        cause.release,
    )
