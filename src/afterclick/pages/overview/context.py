"""The Overview page: is the business all right, what did customers feel, and what does it cost where it is not."""

from collections.abc import Sequence
from dataclasses import dataclass

from afterclick.impact import Estimate
from afterclick.journeys import Paid
from afterclick.pages.overview import tiles
from afterclick.pages.overview.answer import answer
from afterclick.pages.overview.series import read
from afterclick.resolve import Problem
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.words import figures, withheld, wording
from afterclick.words.chart import Mark, Trend
from afterclick.words.period import Period
from afterclick.words.scale import Whisker, whiskers
from afterclick.words.sentence import Sentence
from afterclick.words.tile import Tile


@dataclass(frozen=True)
class Risk:
    """Revenue at risk from any problem: the money in words with its interval, and how it was estimated."""

    value: str
    bounds: str
    note: str
    whisker: Whisker | None


@dataclass(frozen=True)
class Worst:
    """One of the problems that cost most, in a line."""

    href: str
    title: str
    cost: str
    priced: bool
    since: str


@dataclass(frozen=True)
class OverviewPage:
    """Everything the Overview shows. `empty` is True until a first visit has come. `apart` is the revenue in currencies
    that are not the trend's.
    """

    answer: Sentence
    period: Period
    empty: bool
    felt: tuple[Tile, ...]
    did: tuple[Tile, ...]
    paid: tuple[Tile, ...]
    apart: tuple[Paid, ...]
    risk: Risk
    worst: tuple[Worst, ...]
    open_problems: int
    trend: Trend


def overview(
    reader: Reader,
    scope: Scope,
    period: Period,
    problems: Sequence[Problem],
    at_risk: Estimate | None,
    marks: Sequence[Mark],
    now: int,
    currency: str,
    begun: bool,
    people_as_of: str = "",
) -> OverviewPage:
    """Read and word the Overview of `period`. `problems` are the open ones, dearest first; `begun` tells whether
    anything of the site was ever received, `people_as_of` as of when people are known, empty while that is now.

    Money is left out unless the scope permits it.
    """
    problems, at_risk = withheld.problems(problems, scope), withheld.estimate(at_risk, scope)
    series = read(reader, scope, period, currency)
    felt, did_, paid_ = tiles.felt(series), tiles.did(series, people_as_of), tiles.paid(series)
    begun = begun or bool(series.visits)
    lines = (paid_[0 if series.money else 1].line, did_[0].line, felt[0].line)
    return OverviewPage(
        answer=answer(series, problems, now, begun),
        period=period,
        empty=not begun,
        felt=felt,
        did=did_,
        paid=paid_,
        apart=tuple(series.apart) if series.money else (),
        risk=_risk(at_risk, now, period.zone) if series.money else _NO_RISK,
        worst=tuple(_worst(problem, now, period.zone) for problem in problems[:3]),
        open_problems=len(problems),
        trend=Trend(period.edges, period.until, lines, tuple(marks), period.zone, series.currency),
    )


_NO_RISK = Risk(figures.NOT_FOR_YOU, "", "your role does not include money", None)


def _risk(estimate: Estimate | None, now: int, zone: str) -> Risk:
    if estimate is None:
        return Risk("unknown", "", "not estimated yet; the first estimate follows within minutes", None)
    if estimate.revenue_lost is None:
        why = wording.price_words(estimate)
        return Risk("unknown", "", why, None)
    lost = estimate.revenue_lost
    n = f"{figures.count(estimate.n_exposed)} visits that met any problem"
    return Risk(
        figures.money(lost.value, estimate.currency),
        figures.money_range(lost, estimate.currency),
        f"{n} from {figures.moment(estimate.since, now, zone)} to {figures.moment(estimate.until, now, zone)}",
        whiskers([(lost.low, lost.value, lost.high)])[0],
    )


def _worst(problem: Problem, now: int, zone: str) -> Worst:
    rate = wording.per_day(problem.estimate) if problem.estimate else None
    priced = problem.estimate is not None and problem.estimate.revenue_lost is not None
    unknown = problem.estimate is not None and problem.estimate.status == "unknown"
    unpriced = "cost unknown" if unknown else "not priced yet"
    cost = wording.price_words(problem.estimate) if priced else unpriced
    if rate is not None and problem.estimate is not None:
        cost = f"{figures.money(rate.value, problem.estimate.currency)} a day"
    since = f"since {figures.moment(problem.onset, now, zone)}"
    return Worst(f"/problems/{problem.id}", wording.title(problem), cost, priced, since)
