"""Prices problems apart from their detection, which never waits for an estimator."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from afterclick.accounts import Sites
from afterclick.clock import now_ms
from afterclick.impact import Estimate, Question, price
from afterclick.impact.worker import apart
from afterclick.jobs import Feed, Job, Stop, each
from afterclick.resolve.book import ProblemBook
from afterclick.resolve.problem import GROWN, STANDS, Priced, Problem
from afterclick.resolve.watch import Change, Changes
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.store.store import Store

Price = Callable[[Reader, Scope, Question], Estimate]

JUST_CLOSED = 86_400_000
"""A problem is priced to its end within this time, ms, after it closed or was found closed: what could not be had by
then stays as it is."""


def due(book: ProblemBook, site: str, now: int) -> list[Problem]:
    """The problems whose price is due at `now` (UTC ms), those without any price first.

    Those of services have none; those that another took in are counted there.
    """
    known = (one for one in book.problems(site) if not one.service and not one.merged)
    return sorted((one for one in known if _is_due(one, now)), key=lambda one: one.priced is not None)


def reprice(
    reader: Reader, scope: Scope, problem: Problem, now: int, price: Price, book: ProblemBook
) -> Change | None:
    """Price the problem and keep what it costs; None when it is not there any more.

    Raises Unavailable when no price can be had now: it keeps the one it has.
    """
    question = _question(problem)
    estimate = price(reader, scope, question)
    first = estimate.status == "priced" and (problem.estimate is None or problem.estimate.status != "priced")
    priced = Priced(question=question, at=now, visits=problem.exposed_visits)
    kept = book.price(problem.site, problem.id, estimate, priced)
    return Change(kind="priced" if first else "updated", problem=kept) if kept else None


def _is_due(problem: Problem, now: int) -> bool:
    priced, question = problem.priced, _question(problem)
    if problem.status == "closed":
        lately = now - max(problem.closed or problem.last_seen, problem.detected) < JUST_CLOSED
        return lately and (priced is None or priced.question != question)
    if priced is None:
        return True
    same = (priced.question.signal, priced.question.segment) == (question.signal, question.segment)
    grown = problem.exposed_visits > GROWN * priced.visits
    return not same or grown or now - priced.at >= STANDS


def _question(problem: Problem) -> Question:
    return Question(
        step=problem.step,
        signal=problem.signal,
        segment=problem.segment,
        onset=problem.onset,
        until=problem.closed or problem.last_seen,
        limits=problem.limits,
    )


class _Parts(Protocol):
    @property
    def store(self) -> Store: ...
    @property
    def book(self) -> ProblemBook: ...
    @property
    def sites(self) -> Sites: ...
    @property
    def changes(self) -> Changes: ...


def _run(parts: _Parts, stop: Stop) -> None:
    def one(problem: Problem) -> None:
        scope, made = Scope(problem.site), partial(_price_apart, stop)
        change = reprice(parts.store, scope, problem, now_ms(), made, parts.book)
        if change is not None:
            parts.changes.tell(change)

    def all_of(site: str) -> None:
        each(due(parts.book, site, now_ms()), one, stop)

    each((site.id for site in parts.sites.list()), all_of, stop)


def _price_apart(stop: Stop, reader: Reader, scope: Scope, question: Question) -> Estimate:
    return price(reader, scope, question, estimator=partial(apart, stop=stop))


PRICE = Job(
    "price",
    15,
    _run,
    "prices open problems, and once more those that have closed, in processes of their own",
    rest=3,
    feeds=Feed("prices", "estimated"),
)
