"""A problem's life in the book, pass by pass."""

import dataclasses
import random
from pathlib import Path

import msgspec
import pytest
from tests.resolve.passes import costs, watch_and_price
from tests.resolve.world import DAY, HOUR, MINUTE, NOW, View, world
from tests.web.troubles import a_problem

from afterclick.impact import Estimate, Question
from afterclick.resolve import Change, SqlProblemBook, watch
from afterclick.resolve.evidence import evidence
from afterclick.settings import Settings
from afterclick.store.control.database import open_control
from afterclick.store.engine.query import Reader
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

ONSET, END, AGAIN = NOW - 10 * HOUR, NOW - 5 * HOUR, NOW - 2 * HOUR


@pytest.fixture
def book(settings: Settings, tmp_path: Path) -> SqlProblemBook:
    return SqlProblemBook(open_control(dataclasses.replace(settings, data=tmp_path)))


def fault(view: View, rng: random.Random) -> None:
    on = ONSET <= view.time < END or view.time >= AGAIN
    if view.step == "payment" and on and rng.random() < 0.6:
        view.status, view.slow_in = 502, ("payment", "POST /charge", "")


@pytest.fixture
def told(store: Store, site: str) -> str:
    events, spans = world(site, 3, NOW - 2 * DAY, NOW, 90, fault)
    store.insert("events", events_table(events), f"{site}-e")
    store.insert("spans", spans_table(spans), f"{site}-s")
    return site


def kinds(changes: list[Change]) -> list[str]:
    return [change.kind for change in changes]


def test_a_problem_is_opened_priced_kept_closed_and_reopened_under_one_name(
    store: Store, told: str, book: SqlProblemBook
) -> None:
    scope = Scope(told)
    passes = [watch_and_price(store, scope, now, costs, book) for now in (ONSET + HOUR, ONSET + 2 * HOUR)]
    assert [kinds(changes) for changes in passes] == [["opened", "priced"], ["updated", "updated"]]
    assert kinds(watch_and_price(store, scope, END + 2 * HOUR, costs, book)) == ["closed", "updated"]
    closed = book.problems(told, "closed")[0]
    assert closed.closed is not None
    assert abs(closed.closed - END) < HOUR
    assert watch_and_price(store, scope, END + 2 * HOUR + MINUTE, costs, book) == []
    assert "reopened" in kinds(watch_and_price(store, scope, NOW, costs, book))
    assert [problem.id for problem in book.problems(told)] == [closed.id]


def test_a_price_stands_until_the_problem_has_grown_or_some_minutes_have_passed(
    store: Store, told: str, book: SqlProblemBook
) -> None:
    scope, later = Scope(told), ONSET + 4 * HOUR
    asked: list[int] = []

    def counting(reader: Reader, scope: Scope, question: Question) -> Estimate:
        asked.append(question.until)
        return costs(reader, scope, question)

    for now in (later, later + MINUTE, later + 6 * MINUTE):
        watch_and_price(store, scope, now, counting, book)
    assert asked == [later, later + 6 * MINUTE]
    (problem,) = book.problems(told)
    assert problem.last_seen == later + 6 * MINUTE


@pytest.mark.parametrize("minutes", [29, 30, 5 * 60])
def test_a_problem_that_no_pass_finds_any_more_is_closed_half_an_hour_after_it_was_last_seen(
    store: Store, site: str, book: SqlProblemBook, minutes: int
) -> None:
    """As when nobody arrives at its step any more: there is nothing from which to tell that the share has come back."""
    unseen = msgspec.structs.replace(a_problem(site), status="open", closed=None, last_seen=NOW)
    book.save(unseen)
    changes = list(watch(store, Scope(site), NOW + minutes * MINUTE, book))
    if minutes < 30:
        assert changes == []
        assert book.problems(site) == [unseen]
    else:
        closed = msgspec.structs.replace(unseen, status="closed", closed=NOW, lapsed=True)
        assert [(change.kind, change.problem) for change in changes] == [("closed", closed)]
        assert book.problems(site) == [closed]
        assert list(watch(store, Scope(site), NOW + (minutes + 1) * MINUTE, book)) == []


def test_a_young_problem_is_priced_again_as_soon_as_it_has_grown(
    store: Store, told: str, book: SqlProblemBook
) -> None:
    scope, early = Scope(told), ONSET + 20 * MINUTE
    watch_and_price(store, scope, early, costs, book)
    watch_and_price(store, scope, early + 4 * MINUTE, costs, book)
    (problem,) = book.problems(told)
    assert problem.estimate is not None
    assert problem.estimate.until == early + 4 * MINUTE


def test_the_evidence_of_a_problem_counts_both_sides_and_keeps_them_apart(
    store: Store, told: str, book: SqlProblemBook
) -> None:
    scope = Scope(told)
    problem = next(watch(store, scope, ONSET + 3 * HOUR, book)).problem
    found = evidence(store, scope, problem)
    spread = found.distribution
    assert spread is not None
    assert sum(one.affected for one in spread.bins) == spread.n_affected
    assert sum(one.unaffected for one in spread.bins) == spread.n_unaffected
    assert sum(one.affected for one in spread.bins if one.high <= spread.limit) == 0
    since_onset = [one for one in found.exposure if one.time >= problem.onset]
    assert sum(one.exposed for one in since_onset) > 20 * sum(
        one.exposed for one in found.exposure if one.time + one.width <= problem.onset
    )
    assert {one.dimension for one in found.breakdowns} >= {"card_network", "device_class"}
    assert all(
        one.low <= one.value <= one.high
        for b in found.breakdowns
        for one in b.values
        if one.value is not None and one.low is not None and one.high is not None
    )
    assert found.samples
    assert all(sample.trace_id for sample in found.samples)


def test_a_visit_whose_page_alone_carries_a_trace_has_one(
    store: Store, site: str, book: SqlProblemBook
) -> None:
    events, spans = world(site, 3, NOW - 2 * DAY, NOW, 90, fault)
    of_pages = [
        msgspec.structs.replace(
            one, trace_id=one.page_view_id.replace("-", "") if one.type == "page_view" else ""
        )
        for one in events
    ]
    store.insert("events", events_table(of_pages), f"{site}-e")
    store.insert("spans", spans_table(spans), f"{site}-s")
    problem = next(watch(store, Scope(site), ONSET + 3 * HOUR, book)).problem
    samples = evidence(store, Scope(site), problem).samples
    assert samples
    assert [one.trace_id for one in samples] == [one.page_view_id.replace("-", "") for one in samples]
