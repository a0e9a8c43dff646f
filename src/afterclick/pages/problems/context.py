"""The Problems page: every problem, dearest first, each with its price on one shared scale."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from afterclick.resolve import Problem, rate, whole_of
from afterclick.words import figures, wording
from afterclick.words.scale import Whisker, whiskers
from afterclick.words.sentence import Sentence, sentence, strong


@dataclass(frozen=True)
class Part:
    """A problem that is told as part of a wider one with the same cause."""

    href: str
    title: str
    cost: str


@dataclass(frozen=True)
class ProblemLine:
    """One problem in the list. `cost` is what it costs now on the basis of `per`, the same for all open ones, with the
    `total` beside it; of one that is not open the total alone. `ended` tells how and when a closed one did, as
    far as that is known.

    `whisker` lies on the scale that all open problems share; None while there is no price, and `state` says why.
    """

    id: str
    href: str
    title: str
    signal: str
    symptoms: tuple[str, ...]
    status: str
    cause: Sentence
    cause_kind: str
    since: str
    since_exact: str
    ended: str
    visits: str
    share: str
    cost: str
    per: str
    total: str
    bounds: str
    state: str
    whisker: Whisker | None
    parts: tuple[Part, ...] = ()


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
    by, wholes = wording.basis(opened), {one.id: whole_of(one, opened) for one in opened}
    shown = [one for one in opened if wholes[one.id] is None]
    parts = {one.id: tuple(_part(part, by) for part in opened if wholes[part.id] is one) for one in shown}
    drawn = whiskers([_lost(one, by) for one in shown])
    lines = tuple(
        replace(_line(one, whisker, now, zone, by), parts=parts[one.id])
        for one, whisker in zip(shown, drawn, strict=True)
    )
    merged = tuple(_line(one, None, now, zone) for one in past if one.merged)
    ended = tuple(_line(one, None, now, zone) for one in closed)
    return ProblemsPage(
        _answer(shown, closed, now, zone, by),
        lines,
        merged,
        ended,
        f"revenue lost {by.words} now, on one scale: each bar is the 95% interval, the dot the estimate",
    )


def _dearness(problem: Problem) -> tuple[int, float]:
    found = rate(problem)
    return (1, -float(problem.exposed_visits)) if found is None else (0, -found.value)


def _lost(problem: Problem, by: wording.Basis) -> tuple[float, float, float] | None:
    now = wording.pace(problem, by)
    return (now.low, now.value, now.high) if now else None


def _part(problem: Problem, by: wording.Basis) -> Part:
    now = wording.pace(problem, by)
    currency = problem.estimate.currency if problem.estimate else ""
    cost = f"{figures.money(now.value, currency)} {by.words} of it" if now else "not priced by itself"
    return Part(f"/problems/{problem.id}", wording.title(problem), cost)


def _line(
    problem: Problem, whisker: Whisker | None, now: int, zone: str, by: wording.Basis = wording.DAILY
) -> ProblemLine:
    estimate = problem.estimate
    cost = per = bounds = total = ""
    if estimate is not None and estimate.revenue_lost is not None and not problem.merged:
        pace = wording.pace(problem, by) if problem.status == "open" else None
        shown = pace or estimate.revenue_lost
        cost = figures.money(shown.value, estimate.currency)
        bounds = figures.money_range(shown, estimate.currency)
        per = by.words if pace else "in all"
        total = f"{figures.money(estimate.revenue_lost.value, estimate.currency)} in all" if pace else ""
    share = problem.exposed_visits / problem.arrivals if problem.arrivals else 0.0
    return ProblemLine(
        id=problem.id,
        href=f"/problems/{problem.id}",
        title=wording.title(problem),
        signal=problem.signal,
        symptoms=problem.symptoms,
        status=problem.status,
        cause=wording.cause_words(problem),
        cause_kind=problem.cause.kind,
        since=figures.moment(problem.onset, now, zone),
        since_exact=figures.stamp(problem.onset, zone),
        ended=_ended(problem, now, zone),
        visits=figures.count(problem.exposed_visits),
        share=figures.percent(share),
        cost=cost,
        per=per,
        total=total,
        bounds=bounds,
        state="" if cost else _state(problem),
        whisker=whisker,
    )


def _ended(problem: Problem, now: int, zone: str) -> str:
    if problem.status != "closed":
        return wording.nobody_since(problem, now, zone)
    back = f"back to what it was since {figures.moment(problem.closed or problem.last_seen, now, zone)}"
    return wording.not_met(problem, now, zone) or back


def _state(problem: Problem) -> str:
    host = wording.host_title(problem)
    return f"part of “{host}”, and counted there" if host else wording.price_words(problem.estimate)


def _answer(
    opened: Sequence[Problem], closed: Sequence[Problem], now: int, zone: str, by: wording.Basis
) -> Sentence:
    if not opened:
        past = f"; {figures.plural(len(closed), 'problem')} closed before" if closed else ""
        return sentence(strong("No problem is open"), f"{past}.")
    first = wording.answer(opened[0], now, zone, f"/problems/{opened[0].id}", by)
    others = len(opened) - 1
    if not others:
        return first
    priced = [one for one in opened[1:] if rate(one) is not None]
    if others == 1:
        return sentence(
            *first.pieces, f" 1 other problem is open, {'priced too' if priced else 'without a price'}."
        )
    tail = f"{len(priced)} of them priced" if priced else "none of them priced"
    return sentence(*first.pieces, f" {figures.plural(others, 'other problem')} are open, {tail}.")
