"""A job: what a room does again and again, as a record beside it; the wiring collects them into the timetable."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Parts = TypeVar("Parts", contravariant=True)


class Stopped(Exception):
    """The app ends: what was under way goes on when it starts again."""


class Stop(threading.Event):
    """Set when the app ends; long work asks it wherever it can be left, so that the next start goes on from there."""

    def check(self) -> None:
        """Raises Stopped once it is set."""
        if self.is_set():
            raise Stopped


Thing = TypeVar("Thing")


def each(things: Iterable[Thing], do: Callable[[Thing], object], stop: Stop) -> None:
    """Do it for each, although it fails for some; raises the first failure at the end, Stopped once `stop` is."""
    failures: list[Exception] = []
    for thing in things:
        stop.check()
        try:
            do(thing)
        except Stopped:
            raise
        except Exception as failure:  # that one site fails must not silence the others
            failures.append(failure)
    if failures:
        raise failures[0]


LONGEST_REST = 120_000
"""However long a run took, the next one comes after so many ms: a slow run must not leave pages blind."""
PATIENCE = 60_000
"""What a run may take, ms, before what it keeps up to date is late."""


@dataclass(frozen=True)
class Feed:
    """What of the pages a job keeps up to date, in words: the "problems" that it has "checked"."""

    what: str
    done: str


@dataclass(frozen=True)
class Job(Generic[Parts]):
    """`run` over the parts of an installation that it needs, every so many seconds, for `what` the docs say.

    It never runs before it has rested for `rest` times as long as its last run took, `LONGEST_REST` at most, so that a
    large site on a small machine leaves time to those who look at pages. `feeds` names what pages show of it.
    """

    name: str
    every: int
    run: Callable[[Parts, Stop], object]
    what: str
    rest: int = 0
    feeds: Feed | None = None

    def rests(self, took: int) -> int:
        """How long it rests after a run that took so long, ms."""
        return min(self.rest * took, LONGEST_REST)

    @property
    def late_after(self) -> int:
        """The age, ms, at which what its newest good run left is late."""
        return self.every * 1000 + (LONGEST_REST if self.rest else 0) + PATIENCE


@dataclass(frozen=True)
class Freshness:
    """How fresh what a job feeds pages with is. `as_of` is when its newest run that did well began (UTC ms), None
    before the first one since the start; it is `late` when that, or the start, is longer ago than `allowed`, ms.
    """

    job: str
    what: str
    done: str
    as_of: int | None
    allowed: int
    late: bool
