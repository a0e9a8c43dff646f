"""A problem's life from pass to pass: which candidate is which problem, and what becomes of those that none is."""

import msgspec

from afterclick.resolve.candidate import Candidate
from afterclick.resolve.problem import Merged, Problem, likeness

UNSEEN = 30 * 60_000
"""A problem that no pass has found for this long is closed."""

Pair = tuple[Candidate, Problem | None]


def paired(known: list[Problem], candidates: list[Candidate]) -> list[Pair]:
    """Each candidate with the problem that it is, the surest pairs first; a problem is paired once.

    One that another open problem took in comes last: the other goes on in its place, as long as it can.
    """
    opened = {one.id for one in known if one.status == "open"}
    sure = sorted(
        (
            one.merged is not None and one.merged.into in opened,
            -likeness(one, candidate),
            one.status != "open",
            i,
            k,
        )
        for i, candidate in enumerate(candidates)
        for k, one in enumerate(known)
        if likeness(one, candidate)
    )
    taken: dict[int, int] = {}
    for *_, i, k in sure:
        if i not in taken and k not in taken.values():
            taken[i] = k
    return [(candidate, known[taken[i]] if i in taken else None) for i, candidate in enumerate(candidates)]


def unpaired(known: list[Problem], pairs: list[Pair]) -> list[Problem]:
    """The open problems that no candidate is."""
    found = {problem.id for _, problem in pairs if problem}
    return [one for one in known if one.status == "open" and one.id not in found]


def is_of(problem: Problem, candidate: Candidate) -> bool:
    """Whether the problem, whatever its status, was met in the candidate's time in a segment nested with its own."""
    told = msgspec.structs.replace(problem, status="open")
    return bool(likeness(told, candidate)) and candidate.onset <= problem.last_seen


def merged(problem: Problem, living: list[tuple[Candidate, Problem]], now: int) -> Problem | None:
    """The unpaired problem as part of the one that its excess is counted in now, or None where there is no such.

    `living` are candidates that go on with the problems that they are. Nothing has come back then: its visits meet it
    all the same, among those of a wider problem, or a narrower one holds all that is left of it.
    """
    host = next(
        (host for candidate, host in living if host.id != problem.id and likeness(problem, candidate)), None
    )
    if host is None:
        return None
    into = Merged(into=host.id, at=now, signal=host.signal, segment=host.segment)
    return msgspec.structs.replace(problem, status="merged", merged=into)


def lapsed(problem: Problem, now: int) -> Problem | None:
    """The unpaired problem as closed when it was last seen, by no measurement; None before `UNSEEN` has passed."""
    if now - problem.last_seen < UNSEEN:
        return None
    return msgspec.structs.replace(problem, status="closed", closed=problem.last_seen, lapsed=True)
