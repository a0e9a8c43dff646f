"""One pass over a site: detect, explain, and bring the problem book up to date. Prices are made in `pricing`."""

from collections.abc import Callable, Iterator
from typing import Literal, Protocol

import msgspec

from afterclick.accounts import Sites
from afterclick.clock import now_ms
from afterclick.jobs import Feed, Job, Stop, each
from afterclick.resolve.book import ProblemBook
from afterclick.resolve.candidate import Candidate
from afterclick.resolve.cause import Cause
from afterclick.resolve.counts import Kept
from afterclick.resolve.detect import detect
from afterclick.resolve.explain import explain
from afterclick.resolve.life import is_of, lapsed, merged, paired, unpaired
from afterclick.resolve.problem import GROWN, STANDS, Problem, problem_id
from afterclick.resolve.server import UNPRICED, detect_at_servers, explain_at_server
from afterclick.resolve.usual import standing
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.store.store import Store

Kind = Literal["opened", "reopened", "priced", "updated", "merged", "closed"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a pass did to one problem. "updated" tells of new figures, "priced" of the first price, "merged" that
    another took it in.
    """

    kind: Kind
    problem: Problem


class Changes:
    """Passes what became of problems on to whoever listens. Listen before the first is told."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Change], None]] = []

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Have the listener called with every change from now on; it must not block for long."""
        self._listeners.append(listener)

    def tell(self, change: Change) -> None:
        """Pass a change on."""
        for listener in self._listeners:
            listener(change)


class Seen(Protocol):
    """What passes have seen: the problems of a site that are known, and where a pass writes what it sees of them."""

    def problems(self, site: str) -> list[Problem]: ...
    def save(self, problem: Problem) -> Problem: ...


def watch(reader: Reader, scope: Scope, now: int, book: Seen, kept: Kept | None = None) -> Iterator[Change]:
    """Look at the site as it stands at `now` (UTC ms), save what became of its problems, and tell it as it happens.

    One that was examined lately, and has not grown since, is only counted anew; what is `kept` of the pass before is
    not counted again. Nothing happens until the changes are read.
    """
    known = book.problems(scope.site)
    awaited = {one.step for one in known if one.status == "open"}
    found = detect(reader, scope, now, standing(known), kept, awaited)
    failing = [one.step for one in found if one.signal == "error" and one.ended is None]
    pairs = paired(known, [*found, *detect_at_servers(reader, scope, now, failing)])
    told = [
        (candidate, _seen(reader, scope, now, candidate, problem))
        for candidate, problem in pairs
        if _worth(candidate, problem, known)
    ]
    seen = [change for _, change in told]
    living = [(candidate, change.problem) for candidate, change in told if candidate.closes is None]
    for change in (*seen, *_gone(unpaired(known, pairs), living, now)):
        yield Change(kind=change.kind, problem=book.save(change.problem))


def _worth(candidate: Candidate, problem: Problem | None, known: list[Problem]) -> bool:
    """Whether there is anything to do: what ended unseen, or was closed already, is left as it is. Where nobody comes
    any more, it is left as it was told last.
    """
    if problem is not None and problem.status == "open":
        return True
    if candidate.is_deserted:
        return problem is None and not any(is_of(one, candidate) for one in known)
    return candidate.ended is None


def _seen(reader: Reader, scope: Scope, now: int, candidate: Candidate, problem: Problem | None) -> Change:
    """The problem as the candidate shows it, explained anew when that is due."""
    was = problem or _new(scope.site, candidate, now)
    if _is_due(was, candidate, now):
        cause = (explain_at_server if candidate.service else explain)(reader, scope, candidate)
        was = msgspec.structs.replace(
            was, cause=cause, evidence=cause.evidence, examined=now, examined_visits=candidate.exposed
        )
    changed = msgspec.structs.replace(
        was,
        signal=candidate.signal,
        segment=candidate.segment,
        symptoms=candidate.symptoms,
        limits=candidate.limits,
        wait=candidate.wait,
        status="open" if candidate.closes is None else "closed",
        closed=candidate.closes,
        lapsed=candidate.is_deserted,
        merged=None,
        onset=candidate.onset,
        onset_low=candidate.onset_low,
        onset_high=candidate.onset_high,
        last_seen=candidate.came if candidate.is_deserted else candidate.until,
        came=candidate.came,
        arrivals=candidate.arrivals,
        exposed_visits=candidate.exposed,
        recent_visits=candidate.recent,
        expected=candidate.expected,
        baseline=candidate.baseline,
        before=candidate.before,
    )
    return Change(kind=_kind(candidate, problem), problem=changed)


def _is_due(problem: Problem, candidate: Candidate, now: int) -> bool:
    same = problem.segment == candidate.segment and problem.signal == candidate.signal
    young = candidate.exposed > GROWN * problem.examined_visits
    stale = now - problem.examined >= STANDS
    return not same or young or stale or candidate.ended is not None


def _new(site: str, candidate: Candidate, now: int) -> Problem:
    return Problem(
        id=problem_id(site, candidate),
        site=site,
        step=candidate.step,
        service=candidate.service,
        signal=candidate.signal,
        segment=candidate.segment,
        status="open",
        onset=candidate.onset,
        onset_low=candidate.onset_low,
        onset_high=candidate.onset_high,
        detected=now,
        last_seen=candidate.until,
        arrivals=candidate.arrivals,
        exposed_visits=candidate.exposed,
        expected=candidate.expected,
        baseline=candidate.baseline,
        cause=Cause(kind="unknown"),
        estimate=UNPRICED if candidate.service else None,
    )


def _kind(candidate: Candidate, problem: Problem | None) -> Kind:
    if candidate.closes is not None:
        return "closed"
    if problem is None:
        return "opened"
    return "updated" if problem.status == "open" else "reopened"


def _gone(unpaired: list[Problem], living: list[tuple[Candidate, Problem]], now: int) -> Iterator[Change]:
    """What became of open problems that no candidate is: taken in by one that goes on, or closed."""
    for problem in unpaired:
        if taken := merged(problem, living, now):
            yield Change(kind="merged", problem=taken)
        elif closed := lapsed(problem, now):
            yield Change(kind="closed", problem=closed)


class _Parts(Protocol):
    @property
    def store(self) -> Store: ...
    @property
    def book(self) -> ProblemBook: ...
    @property
    def sites(self) -> Sites: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def counted(self) -> dict[str, Kept]: ...


def _run(parts: _Parts, stop: Stop) -> None:
    def pass_over(site: str) -> None:
        kept = parts.counted.setdefault(site, Kept())
        for change in watch(parts.store, Scope(site), now_ms(), parts.book, kept):
            parts.changes.tell(change)
            stop.check()

    sites = [site.id for site in parts.sites.list()]
    for gone in parts.counted.keys() - set(sites):
        del parts.counted[gone]
    each(sites, pass_over, stop)


WATCH = Job(
    "watch",
    15,
    _run,
    "finds and explains problems, and keeps their life",
    rest=3,
    feeds=Feed("problems", "checked"),
)
