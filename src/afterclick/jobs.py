"""A job: what a room does again and again, as a record beside it; the wiring collects them into the timetable."""

import threading
from collections.abc import Callable
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


@dataclass(frozen=True)
class Job(Generic[Parts]):
    """`run` over the parts of an installation that it needs, every so many seconds, for `what` the docs say.

    It never runs before it has rested for `rest` times as long as its last run took, so that a large site on a small
    machine leaves time to those who look at pages.
    """

    name: str
    every: int
    run: Callable[[Parts, Stop], object]
    what: str
    rest: int = 0
