"""A history of visits, batch by batch: bodies ready for /v1/events and /v1/traces; and the truth about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from afterclick.demo.shoppers import population
from afterclick.demo.shoppers.choice import Mood
from afterclick.demo.shoppers.faults import HEALTHY_RELEASE, HEAVY_RELEASE, OLD_RELEASE, Fault
from afterclick.demo.shoppers.feeling import World, has_new_release
from afterclick.demo.shoppers.luck import draw
from afterclick.demo.shoppers.population import DAY_MS, Crowd
from afterclick.demo.shoppers.story import Slot, Storyteller
from afterclick.demo.shoppers.traces import SpanWriter
from afterclick.demo.shoppers.truth import Truth, told
from afterclick.demo.shoppers.visit import walk
from afterclick.demo.shoppers.wire import Hex, release_mark

CHUNK = 1024  # visits simulated at once
EVENTS_A_REQUEST = 1200
SPANS_A_REQUEST = 3000
FIRST_RELEASE_AFTER = 0.3  # of history, when 1.4.2 replaces 1.4.1


@dataclass(frozen=True)
class Batch:
    """One body for /v1/events (a JSON array) and one for /v1/traces (OTLP protobuf); either may be empty."""

    events: bytes
    n_events: int
    spans: bytes
    n_spans: int
    until: int  # UTC ms; how far history is told


@dataclass
class History:
    """`visits_per_day` for `days` days up to `now`; iterate once for the batches, then read `truth`.

    Times are UTC ms. The fault (a name of docs/faults.md, "" for none) begins at `onset` and lasts. Visits that would
    not be over at `now` are left out. The same fields give the same bytes.
    """

    seed: int
    now: int
    fault: str = "payment-slow"
    onset: int = 0
    days: float = 7.0
    visits_per_day: int = 5000
    shop_url: str = "http://127.0.0.1:8500"
    truth: Truth = field(init=False)

    def __post_init__(self) -> None:
        self.onset = self.onset or self.now - DAY_MS
        self.truth = Truth(self.fault, self.onset, self.now)
        self._world = World(Fault(self.fault, self.onset))

    @property
    def since(self) -> int:
        """The beginning of history."""
        return self.now - int(self.days * DAY_MS)

    @property
    def n_visits(self) -> int:
        """How many visits are simulated."""
        return int(self.visits_per_day * self.days)

    def __iter__(self) -> Iterator[Batch]:
        crowd = population.crowd(np.random.default_rng([self.seed, 0]), self.n_visits, self.since, self.now)
        digits = Hex(np.random.default_rng([self.seed, 1]))
        events: list[str] = self._marks(digits)
        spans = SpanWriter(digits)
        self.truth = Truth(self.fault, self.onset, self.now)
        for first in range(0, len(crowd), CHUNK):
            part = crowd.slice(first, first + CHUNK)
            for until in self._tell(part, first, digits, events, spans):
                if len(events) >= EVENTS_A_REQUEST or spans.count >= SPANS_A_REQUEST:
                    yield _batch(events, spans, until)
        if events or spans.count:
            yield _batch(events, spans, self.now)

    def _tell(
        self, crowd: Crowd, first: int, digits: Hex, events: list[str], spans: SpanWriter
    ) -> Iterator[int]:
        """Simulate a chunk, add its truth, and write one visit after the other; yields each visit's start."""
        rng = np.random.default_rng([self.seed, 2, first])
        mood, luck = Mood.draw(rng, crowd), draw(rng, len(crowd))
        happened = walk(self._world, crowd, mood, luck)
        truth, over = told(self._world, crowd, mood, luck, happened, self.now)
        self.truth = self.truth + truth
        teller = Storyteller(crowd, self._releases(crowd), self.shop_url)
        slots = [Slot.of(page) for page in happened.pages]
        for visit in np.flatnonzero(over).tolist():
            teller.tell(visit, slots, digits, events, spans)
            yield int(crowd.start[visit])

    def _releases(self, crowd: Crowd) -> Callable[[int, int], str]:
        takes_new: list[bool] = has_new_release(crowd).tolist()
        heavy_from = self.onset if self.fault == "mobile-long-task" else self.now
        first = self._first_release

        def release_at(visit: int, at: int) -> str:
            if at >= heavy_from and takes_new[visit]:
                return HEAVY_RELEASE
            return HEALTHY_RELEASE if at >= first else OLD_RELEASE

        return release_at

    @property
    def _first_release(self) -> int:
        return self.since + int(FIRST_RELEASE_AFTER * self.days * DAY_MS)

    def _marks(self, digits: Hex) -> list[str]:
        marks = [release_mark(HEALTHY_RELEASE, self._first_release, digits)]
        if self.fault == "mobile-long-task":
            marks.append(release_mark(HEAVY_RELEASE, self.onset, digits))
        return marks


def _batch(events: list[str], spans: SpanWriter, until: int) -> Batch:
    n_events, n_spans = len(events), spans.count
    body = f"[{','.join(events)}]".encode() if events else b""
    events.clear()
    return Batch(body, n_events, spans.taken() if n_spans else b"", n_spans, until)
