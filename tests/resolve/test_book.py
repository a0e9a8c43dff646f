"""The problem book, as kept in the control database."""

import msgspec
import pytest
from sqlalchemy import Engine
from tests.web.troubles import a_problem

from afterclick.errors import NotFound
from afterclick.impact import Estimate, Interval
from afterclick.resolve import Problem, SqlProblemBook
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
    again = costing(site, "one", 20, "closed")
    book.save(again)
    assert book.problems(site) == [again]
    assert book.problem(site, "one") == again


def test_asking_for_a_problem_that_is_not_there_is_one_clear_sentence(control: Engine) -> None:
    with pytest.raises(NotFound, match="no problem 'nope'"):
        SqlProblemBook(control).problem("site", "nope")
