"""Prices are made apart: when one is due, and that neither detection nor pricing undoes the other's work."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine
from tests.resolve.passes import costs
from tests.web.troubles import a_problem

from afterclick.app.timetable import JOBS
from afterclick.errors import Unavailable
from afterclick.impact import Estimate, Question
from afterclick.jobs import Stop
from afterclick.resolve import Problem, SqlProblemBook, due, reprice, watch
from afterclick.resolve.pricing import JUST_CLOSED, PRICE
from afterclick.resolve.problem import GROWN, STANDS, Merged
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.words.telling import sentence

NOW = 1_795_000_000_000
SECOND = 1000
Kept = Callable[..., Problem]


@pytest.fixture
def book(control: Engine) -> SqlProblemBook:
    return SqlProblemBook(control)


@pytest.fixture
def kept(book: SqlProblemBook, site: str) -> Kept:
    """Keeps the site's problem as it stands now, with some fields changed."""

    def keep(**changed: object) -> Problem:
        return book.save(a_problem(site, NOW, **{"estimate": None, "exposed_visits": 200, **changed}))

    return keep


def no_price(reader: Reader, scope: Scope, question: Question) -> Estimate:
    raise Unavailable("The pricing process failed.")


def names(problems: list[Problem]) -> list[str]:
    return [one.id for one in problems]


def test_a_new_problem_says_that_it_is_not_priced_and_is_priced_before_those_that_have_a_price(
    store: Store, book: SqlProblemBook, kept: Kept, site: str
) -> None:
    old = kept(id="old")
    reprice(store, Scope(site), old, NOW - STANDS, costs, book)
    assert "it is not priced yet" in sentence(kept(id="new"), "UTC")
    assert names(due(book, site, NOW)) == ["new", "old"]
    change = reprice(store, Scope(site), due(book, site, NOW)[0], NOW, costs, book)
    assert change is not None
    assert change.kind == "priced"
    assert "not priced" not in sentence(change.problem, "UTC")


def test_a_price_stands_for_some_minutes_unless_the_problem_has_grown_or_is_another(
    store: Store, book: SqlProblemBook, kept: Kept, site: str
) -> None:
    change = reprice(store, Scope(site), kept(), NOW, costs, book)
    assert change is not None
    priced = change.problem
    assert due(book, site, NOW + STANDS - 1) == []
    assert names(due(book, site, NOW + STANDS)) == [priced.id]
    for other in (
        msgspec.structs.replace(priced, exposed_visits=round(200 * GROWN) + 1),
        msgspec.structs.replace(priced, segment={}),
        msgspec.structs.replace(priced, signal="error"),
    ):
        book.save(other)
        assert names(due(book, site, NOW + SECOND)) == [priced.id]
    book.save(priced)
    assert due(book, site, NOW + SECOND) == []


def test_a_problem_that_closes_is_priced_to_its_end_once_and_one_that_closed_long_ago_not_at_all(
    store: Store, book: SqlProblemBook, kept: Kept, site: str
) -> None:
    reprice(store, Scope(site), kept(), NOW, costs, book)
    closed = kept(status="closed", closed=NOW + SECOND)
    assert names(due(book, site, NOW + 2 * SECOND)) == [closed.id]
    assert due(book, site, NOW + SECOND + JUST_CLOSED) == []
    change = reprice(store, Scope(site), closed, NOW + 2 * SECOND, costs, book)
    assert change is not None
    assert change.problem.estimate is not None
    assert change.problem.estimate.until == NOW + SECOND
    assert due(book, site, NOW + 10 * STANDS) == []


def test_what_another_took_in_and_what_no_visit_knows_of_is_not_priced(
    book: SqlProblemBook, kept: Kept, site: str
) -> None:
    kept(id="part", status="merged", merged=Merged(into="whole", at=NOW, signal="slow", segment={}))
    kept(id="server", service="shop", step="")
    assert due(book, site, NOW) == []


def test_a_problem_that_closes_while_it_is_priced_stays_closed_and_is_priced_to_its_end_next(
    store: Store, book: SqlProblemBook, kept: Kept, site: str
) -> None:
    def slowly(reader: Reader, scope: Scope, question: Question) -> Estimate:
        kept(status="closed", closed=NOW + SECOND)
        return costs(reader, scope, question)

    change = reprice(store, Scope(site), kept(), NOW, slowly, book)
    assert change is not None
    assert (change.problem.status, change.problem.closed) == ("closed", NOW + SECOND)
    assert change.problem.estimate is not None
    assert names(due(book, site, NOW + SECOND)) == [change.problem.id]


def test_a_price_that_cannot_be_had_leaves_the_last_one_and_says_so_to_the_timetable(
    store: Store, book: SqlProblemBook, kept: Kept, site: str
) -> None:
    reprice(store, Scope(site), kept(), NOW, costs, book)
    (before,) = book.problems(site)
    with pytest.raises(Unavailable):
        reprice(store, Scope(site), before, NOW + STANDS, no_price, book)
    assert book.problems(site) == [before]


def test_detection_leaves_prices_to_a_job_of_its_own_that_tells_when_it_last_made_them(
    store: Store, book: SqlProblemBook, kept: Kept, site: str
) -> None:
    kept(last_seen=NOW)
    assert list(watch(store, Scope(site), NOW, book)) == []
    assert names(due(book, site, NOW)) == ["amex-payment"]
    assert PRICE in JOBS
    assert PRICE.feeds is not None
    assert (PRICE.feeds.what, PRICE.feeds.done) == ("prices", "estimated")


def test_a_problem_that_nobody_can_read_keeps_the_other_sites_from_no_price(
    control: Engine, book: SqlProblemBook, kept: Kept, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept()
    priced: list[str] = []

    def noted(*asked: Any) -> None:
        priced.append(asked[1].site)

    monkeypatch.setattr("afterclick.resolve.pricing.reprice", noted)
    sites = SimpleNamespace(list=lambda: [SimpleNamespace(id="a-broken-one"), SimpleNamespace(id=site)])
    parts: Any = SimpleNamespace(store=None, book=Partly(book), sites=sites, changes=None)
    with pytest.raises(ValueError, match="broken"):
        PRICE.run(parts, Stop())
    assert priced == [site]


class Partly:
    """The book, in which one site's problems are not readable."""

    def __init__(self, book: SqlProblemBook) -> None:
        self.book = book

    def problems(self, site: str) -> list[Problem]:
        if site == "a-broken-one":
            raise ValueError("broken")
        return self.book.problems(site)
