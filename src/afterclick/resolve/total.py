"""What the open problems cost together, and what everything felt does: priced for each site, and kept."""

from functools import partial
from typing import Protocol

from afterclick.accounts import Sites
from afterclick.clock import now_ms
from afterclick.impact import Condition, Together, price_together, price_total
from afterclick.impact.total import FELT, TOGETHER
from afterclick.impact.worker import apart
from afterclick.jobs import Feed, Job, Stop, each
from afterclick.resolve.book import ProblemBook
from afterclick.resolve.problem import STANDS, Problem
from afterclick.store.control.learned import Learned
from afterclick.store.scope import Scope
from afterclick.store.store import Store

AT_RISK_MS = 86_400_000
"""The window that both speak of."""


class _Parts(Protocol):
    @property
    def store(self) -> Store: ...
    @property
    def book(self) -> ProblemBook: ...
    @property
    def learned(self) -> Learned: ...
    @property
    def sites(self) -> Sites: ...


def total(parts: _Parts, stop: Stop) -> None:
    """Price the last day's open problems together, and everything felt, for every site where that is due."""
    now = now_ms()
    each((site.id for site in parts.sites.list()), partial(_site, parts, stop, now), stop)


def _site(parts: _Parts, stop: Stop, now: int, site: str) -> None:
    # What no page view knows of cannot be told from other arrivals.
    opened = [one for one in parts.book.problems(site, "open") if not one.service]
    if not _is_due(parts, site, opened, now):
        return
    estimator, scope, since = partial(apart, stop=stop), Scope(site), now - AT_RISK_MS
    if opened:
        met = [_condition(one) for one in opened]
        first = max(since, min(one.onset for one in opened))
        found = price_together(parts.store, scope, met, first, now, estimator=estimator)
        together = Together(problems=tuple(one.id for one in opened), estimate=found)
        parts.learned.keep(site, TOGETHER, together, now)
    stop.check()
    parts.learned.keep(site, FELT, price_total(parts.store, scope, since, now, estimator=estimator), now)


def _condition(problem: Problem) -> Condition:
    return Condition(
        step=problem.step,
        signal=problem.signal,
        segment=problem.segment,
        onset=problem.onset,
        limits=problem.limits,
    )


def _is_due(parts: _Parts, site: str, opened: list[Problem], now: int) -> bool:
    """Both stand for as long as the prices of problems do, and until one of them is examined again or is another."""
    felt, together = parts.learned.newest(site, FELT), parts.learned.newest(site, TOGETHER)
    made = felt.time if felt else 0
    priced = set(together.value.problems) if together else set[str]()
    others = bool({one.id for one in opened} - priced)
    return others or now - made >= STANDS or any(one.examined > made for one in opened)


TOTAL = Job(
    "total at risk",
    60,
    total,
    "prices what the open problems cost together, and everything felt, once each, and keeps both",
    rest=3,
    feeds=Feed("revenue at risk", "estimated"),
)

STALE = STANDS + TOTAL.late_after
"""Estimates older than this, ms, are late."""
