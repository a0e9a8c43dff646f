"""Revenue at risk from any problem: priced once for all of them, and kept."""

from functools import partial
from typing import Protocol

from afterclick.accounts import Sites
from afterclick.clock import now_ms
from afterclick.impact import price_total
from afterclick.impact.total import AT_RISK
from afterclick.impact.worker import apart
from afterclick.jobs import Feed, Job, Stop
from afterclick.resolve.book import ProblemBook
from afterclick.resolve.watch import STANDS
from afterclick.store.control.learned import Learned
from afterclick.store.scope import Scope
from afterclick.store.store import Store

AT_RISK_MS = 86_400_000
"""The window that "at risk" on the Overview speaks of."""


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
    """Price "any problem" of the last day for every site where that is due."""
    now = now_ms()
    for site in parts.sites.list():
        stop.check()
        if _is_due(parts, site.id, now):
            estimator = partial(apart, stop=stop)
            found = price_total(parts.store, Scope(site.id), now - AT_RISK_MS, now, estimator=estimator)
            parts.learned.keep(site.id, AT_RISK, found, now)


def _is_due(parts: _Parts, site: str, now: int) -> bool:
    """It stands for as long as the prices of problems do, and until one of them is examined again."""
    known = parts.learned.newest(site, AT_RISK)
    made = known.time if known else 0
    examined = max((one.examined for one in parts.book.problems(site, "open")), default=0)
    return now - made >= STANDS or examined > made


TOTAL = Job(
    "total at risk",
    60,
    total,
    "prices what all problems of the last day cost together, once for all of them, and keeps it",
    rest=3,
    feeds=Feed("revenue at risk", "estimated"),
)
