"""The problem book, as kept in the control database."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import Engine
from tests.web.troubles import a_problem

from afterclick.errors import NotFound
from afterclick.impact import Estimate, Interval, Question
from afterclick.resolve import Priced, Problem, SqlProblemBook
from afterclick.resolve.problem import Status


def costing(site: str, name: str, lost: float, status: Status = "open") -> Problem:
    cost = Estimate(status="priced", revenue_lost=Interval(lost, lost, lost), since=0, until=1)
    return msgspec.structs.replace(a_problem(site), id=name, estimate=cost, status=status)


def test_open_problems_come_first_and_then_the_dearest(control: Engine, site: str) -> None:
    book = SqlProblemBook(control)
    free = msgspec.structs.replace(a_problem(site), id="free", status="open", estimate=None)
    mine = (costing(site, "cheap", 10), costing(site, "dear", 500), costing(site, "past", 9000, "closed"))
    for problem in (free, *mine, costing("another", "theirs", 70)):
        book.save(problem)
    assert [problem.id for problem in book.problems(site)] == ["dear", "cheap", "free", "past"]
    assert [problem.id for problem in book.problems(site, "closed")] == ["past"]


def test_a_problem_saved_again_replaces_the_one_of_its_id(control: Engine, site: str) -> None:
    book = SqlProblemBook(control)
    book.save(costing(site, "one", 10))
    again = costing(site, "one", 10, "closed")
    assert book.save(again) == again
    assert book.problems(site) == [again]
    assert book.problem(site, "one") == again


def a_price(of: Problem, lost: float, at: int) -> tuple[Estimate, Priced]:
    question = Question(step=of.step, signal=of.signal, onset=of.onset, until=at)
    interval = Interval(lost, lost, lost)
    return Estimate(status="priced", revenue_lost=interval), Priced(question=question, at=at, visits=7)


def test_a_price_made_from_an_older_reading_undoes_nothing_that_detection_has_found_since(
    control: Engine, site: str
) -> None:
    book, read = SqlProblemBook(control), costing(site, "one", 10)
    book.save(read)
    closed = book.save(msgspec.structs.replace(read, status="closed", closed=5, exposed_visits=999))
    estimate, priced = a_price(read, 70, at=4)
    kept = book.price(site, read.id, estimate, priced)
    assert kept == msgspec.structs.replace(closed, estimate=estimate, priced=priced)
    assert book.problems(site) == [kept]


def test_what_detection_found_from_an_older_reading_leaves_a_newer_price_alone(
    control: Engine, site: str
) -> None:
    book, read = SqlProblemBook(control), msgspec.structs.replace(costing(site, "one", 10), estimate=None)
    book.save(read)
    estimate, priced = a_price(read, 70, at=4)
    book.price(site, read.id, estimate, priced)
    kept = book.save(msgspec.structs.replace(read, exposed_visits=999))
    assert (kept.exposed_visits, kept.estimate, kept.priced) == (999, estimate, priced)
    assert book.problem(site, read.id) == kept


def test_a_price_of_a_problem_that_is_gone_brings_nothing_back(control: Engine, site: str) -> None:
    book = SqlProblemBook(control)
    assert book.price(site, "gone", *a_price(a_problem(site), 70, at=4)) is None
    assert book.problems(site) == []


def test_both_write_at_the_same_time_and_the_newest_of_each_is_kept(control: Engine, site: str) -> None:
    book, read = SqlProblemBook(control), costing(site, "one", 10)
    book.save(read)

    def detect() -> None:
        for visits in range(200):
            book.save(msgspec.structs.replace(read, exposed_visits=visits))

    def price() -> None:
        for at in range(200):
            book.price(site, read.id, *a_price(read, at, at=at))

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(detect), pool.submit(price)]:
            done.result()
    kept = book.problem(site, read.id)
    assert kept.priced is not None
    assert (kept.exposed_visits, kept.priced.at) == (199, 199)


def test_asking_for_a_problem_that_is_not_there_is_one_clear_sentence(control: Engine) -> None:
    with pytest.raises(NotFound, match="no problem 'nope'"):
        SqlProblemBook(control).problem("site", "nope")
