"""Faults that began and ended in data which came long after it happened."""

import dataclasses
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from tests.resolve.world import DAY, HOUR, MINUTE, NOW, View, world
from tests.web.troubles import a_problem

from afterclick.accounts import Site, Sites
from afterclick.jobs import Stop
from afterclick.resolve import Change, SqlProblemBook, due, watch
from afterclick.resolve import hindsight as room
from afterclick.resolve.hindsight import (
    HINDSIGHT,
    LOOKED,
    NOTHING,
    OLD,
    SLICE,
    Looked,
    counted,
    moments,
    past,
    unknown,
)
from afterclick.resolve.watch import Changes
from afterclick.settings import Settings
from afterclick.store.control.database import open_control
from afterclick.store.control.learned import Learned
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

SINCE, BEGAN, ENDED = NOW - 3 * DAY, NOW - 44 * HOUR, NOW - 32 * HOUR


def fault(view: View, rng: random.Random) -> None:
    if view.step == "payment" and BEGAN <= view.time < ENDED and rng.random() < 0.3:
        view.status = 502


def put(
    store: Store,
    site: str,
    fault: Callable[[View, random.Random], None] | None = fault,
    since: int = SINCE,
    until: int = NOW,
    per_hour: float = 40,
) -> None:
    events, _ = world(site, since, since, until, per_hour, fault)
    store.insert("events", events_table(events), f"{site}-{since}")


@dataclass
class Parts:
    """What the job needs, with a book of its own; `told` is what it told."""

    store: Store
    book: SqlProblemBook
    learned: Learned
    sites: Sites
    changes: Changes
    told: list[Change]


@pytest.fixture
def parts(
    store: Store, settings: Settings, tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> Parts:
    monkeypatch.setattr(room, "now_ms", lambda: NOW + 2 * MINUTE)
    control = open_control(dataclasses.replace(settings, data=tmp_path))
    parts = Parts(store, SqlProblemBook(control), Learned(control), Sites(control), Changes(), [])
    parts.sites.create(Site(site, "Shop", "EUR", "UTC"))
    parts.changes.listen(parts.told.append)
    return parts


class Restless(Stop):
    """A stop that nobody waits for."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def look_back(parts: Parts) -> list[Change]:
    """What two runs of the job tell: the first only sees whether more comes."""
    before = len(parts.told)
    HINDSIGHT.run(parts, Restless())
    HINDSIGHT.run(parts, Restless())
    return parts.told[before:]


def test_a_fault_that_began_and_ended_in_imported_data_is_told_once_as_past_and_priced(
    parts: Parts, store: Store, site: str
) -> None:
    put(store, site)
    assert list(watch(store, Scope(site), NOW, parts.book)) == []
    (change,) = look_back(parts)
    problem = change.problem
    assert (change.kind, problem.status, problem.step, problem.signal) == (
        "closed",
        "closed",
        "payment",
        "error",
    )
    assert abs(problem.onset - BEGAN) < 2 * HOUR
    assert problem.closed is not None
    assert abs(problem.closed - ENDED) < 4 * HOUR
    assert problem.detected == NOW + 2 * MINUTE
    assert parts.book.problems(site) == [problem]
    assert due(parts.book, site, NOW + 2 * MINUTE) == [problem]
    assert look_back(parts) == []


def test_a_past_fault_after_a_night_with_one_error_is_told_since_it_began(store: Store, site: str) -> None:
    night = BEGAN - 12 * HOUR
    strays = iter([True])

    def stray(view: View, rng: random.Random) -> None:
        if view.step == "payment" and abs(view.time - night - HOUR) < 30 * MINUTE and next(strays, False):
            view.status = 502

    put(store, site, fault=None, until=night)
    put(store, site, stray, night, BEGAN, per_hour=4)
    put(store, site, since=BEGAN)
    (problem,) = past(store, Scope(site), moments([BEGAN // SLICE * SLICE], NOW))
    assert abs(problem.onset - BEGAN) < 30 * MINUTE
    assert problem.onset_low <= BEGAN <= problem.onset_high


def test_imported_data_without_a_fault_tells_none(store: Store, site: str) -> None:
    put(store, site, fault=None)
    slices = NOTHING.unseen(counted(store, Scope(site), NOW), NOW)
    assert abs(slices[0] - SINCE) < SLICE
    assert past(store, Scope(site), moments(slices, NOW)) == []


def test_while_an_import_goes_on_nothing_is_looked_at(parts: Parts, store: Store, site: str) -> None:
    middle = SINCE + 12 * HOUR
    put(store, site, fault=None, until=middle)
    HINDSIGHT.run(parts, Restless())
    put(store, site, fault=None, since=middle)
    HINDSIGHT.run(parts, Restless())
    known = parts.learned.newest(site, LOOKED)
    assert known is not None
    assert known.value.looked == {}
    assert sum(known.value.seen.values()) == sum(counted(store, Scope(site), NOW + 2 * MINUTE).values())


def test_what_passes_saw_as_it_came_is_not_looked_at_again() -> None:
    young = NOW // SLICE * SLICE
    live = Looked({young: 5000}, {young: 5000})
    assert live.unseen({young: 5000}, young + SLICE + OLD) == []
    assert NOTHING.unseen({young: 5000}, young + SLICE + OLD - 1) == []
    assert NOTHING.unseen({young: 5000}, young + SLICE + OLD) == [young]


@pytest.mark.parametrize(
    ("before", "after", "told"), [(0, 99, 0), (0, 100, 1), (1000, 1199, 0), (1000, 1200, 1)]
)
def test_a_few_browsers_that_were_offline_are_no_import(before: int, after: int, told: int) -> None:
    looked = Looked({0: before}, {0: before})
    assert len(looked.unseen({0: after}, NOW)) == told


def test_what_the_book_has_of_that_place_and_time_is_not_told_again() -> None:
    one = msgspec.structs.replace(a_problem("s"), onset=1000, onset_low=900, onset_high=1100, last_seen=2000)
    other = msgspec.structs.replace(
        one, id="other", segment={"country": "DE"}, onset_low=2000, last_seen=3000
    )
    later = msgspec.structs.replace(other, onset_low=2001)
    elsewhere = msgspec.structs.replace(other, step="another step")
    assert list(unknown([one], [other])) == []
    assert list(unknown([one], [later, elsewhere])) == [one]
