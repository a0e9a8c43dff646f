"""The Problems page: every problem, dearest first, each with its price on one shared scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from afterclick.resolve import Problem
from afterclick.words import figures, wording
from afterclick.words.scale import Whisker, whiskers
from afterclick.words.sentence import Sentence, sentence, strong


@dataclass(frozen=True)
class ProblemLine:
    """One problem in the list. `cost` is a rate a day where it has lasted that long (`per` says so), else the total.

    `whisker` lies on the scale that all open problems share; None while there is no price, and `state` says why.
    """

    id: str
    href: str
    title: str
    signal: str
    status: str
    cause: Sentence
    cause_kind: str
    since: str
    since_exact: str
    visits: str
    share: str
    cost: str
    per: str
    bounds: str
    state: str
    whisker: Whisker | None


@dataclass(frozen=True)
class ProblemsPage:
    """All problems of a site: `open` dearest first, then those that others took in, then `closed`, newest first."""

    answer: Sentence
    open: tuple[ProblemLine, ...]
    merged: tuple[ProblemLine, ...]
    closed: tuple[ProblemLine, ...]
    scale: str


def problems(found: Sequence[Problem], now: int, zone: str) -> ProblemsPage:
    """Word the problems of one site, in the order in which the book gives them."""
    opened = [one for one in found if one.status == "open"]
    past = sorted((one for one in found if one.status != "open"), key=lambda one: -one.last_seen)
    closed = [one for one in past if one.status == "closed"]
    opened.sort(key=_dearness)
    drawn = whiskers([_lost(one) for one in opened])
    lines = tuple(_line(one, whisker, now, zone) for one, whisker in zip(opened, drawn, strict=True))
    merged = tuple(_line(one, None, now, zone) for one in past if one.merged)
    ended = tuple(_line(one, None, now, zone) for one in closed)
    return ProblemsPage(
        _answer(opened, closed, now, zone),
        lines,
        merged,
        ended,
        "each bar is the 95% interval, the dot the estimate",
    )


def _dearness(problem: Problem) -> tuple[int, float]:
    if problem.estimate is None or problem.estimate.revenue_lost is None:
        return (1, -float(problem.exposed_visits))
    return (0, -problem.estimate.revenue_lost.value)


def _lost(problem: Problem) -> tuple[float, float, float] | None:
    if problem.estimate is None or problem.estimate.revenue_lost is None:
        return None
    lost = problem.estimate.revenue_lost
    return (lost.low, lost.value, lost.high)


def _line(problem: Problem, whisker: Whisker | None, now: int, zone: str) -> ProblemLine:
    estimate = problem.estimate
    cost = per = bounds = ""
    if estimate is not None and estimate.revenue_lost is not None and not problem.merged:
        rate = wording.per_day(estimate) if problem.status == "open" else None
        shown = rate or estimate.revenue_lost
        cost = figures.money(shown.value, estimate.currency)
        bounds = figures.money_range(shown, estimate.currency)
        per = "a day" if rate else "in all"
    share = problem.exposed_visits / problem.arrivals if problem.arrivals else 0.0
    return ProblemLine(
        id=problem.id,
        href=f"/problems/{problem.id}",
        title=wording.title(problem),
        signal=problem.signal,
        status=problem.status,
        cause=wording.cause_words(problem),
        cause_kind=problem.cause.kind,
        since=figures.moment(problem.onset, now, zone),
        since_exact=figures.stamp(problem.onset, zone),
        visits=figures.count(problem.exposed_visits),
        share=figures.percent(share),
        cost=cost,
        per=per,
        bounds=bounds,
        state="" if cost else _state(problem),
        whisker=whisker,
    )


def _state(problem: Problem) -> str:
    host = wording.host_title(problem)
    return f"part of “{host}”, and counted there" if host else wording.price_words(problem.estimate)


def _answer(opened: Sequence[Problem], closed: Sequence[Problem], now: int, zone: str) -> Sentence:
    if not opened:
        past = f"; {figures.plural(len(closed), 'problem')} closed before" if closed else ""
        return sentence(strong("No problem is open"), f"{past}.")
    first = wording.answer(opened[0], now, zone, f"/problems/{opened[0].id}")
    others = len(opened) - 1
    if not others:
        return first
    priced = [one for one in opened[1:] if _lost(one) is not None]
    if others == 1:
        return sentence(
            *first.pieces, f" 1 other problem is open, {'priced too' if priced else 'without a price'}."
        )
    tail = f"{len(priced)} of them priced" if priced else "none of them priced"
    return sentence(*first.pieces, f" {figures.plural(others, 'other problem')} are open, {tail}.")
