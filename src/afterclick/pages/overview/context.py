"""The Overview page: is the business all right, what did customers feel, and what does it cost where it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from afterclick.impact import AtRisk
from afterclick.journeys import Exchanged, Paid, left_out
from afterclick.measure import metric
from afterclick.pages.overview import tiles
from afterclick.pages.overview.answer import answer
from afterclick.pages.overview.risk import NOT_TOLD, Risk, everything, together
from afterclick.pages.overview.series import Series, read
from afterclick.resolve import Problem, RouteFailures, Silence, unknown_failures, whole_of
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.words import exchange, figures, withheld, wording
from afterclick.words.chart import Mark, Trend
from afterclick.words.period import Period
from afterclick.words.sentence import Sentence, capital, coded, sentence
from afterclick.words.tile import Tile


@dataclass(frozen=True)
class Worst:
    """One of the problems that cost most, in a line."""

    href: str
    title: str
    cost: str
    priced: bool
    since: str


@dataclass(frozen=True)
class Unseen:
    """Failed server requests that no page view knows of: how many, in words, and what that means."""

    failed: int
    words: Sentence
    definition: str
    anchor: str


@dataclass(frozen=True)
class OverviewPage:
    """Everything the Overview shows. `uncompared` says why the stretch before is not compared with, empty where it is.
    `empty` is True until a first visit has come. `apart` is the revenue in currencies that are not the trend's,
    `exchanged` what rates converted; `exchange` words that, with the days of the rates, empty for nothing. `risk` is of
    all open problems together, `everything` of all that was felt; `risk_words` define both, and how money is exchanged.
    `unseen` is None where nothing failed unseen. `worst` and `open_problems` tell a problem with its parts once.
    """

    answer: Sentence
    period: Period
    uncompared: str
    empty: bool
    felt: tuple[Tile, ...]
    unseen: Unseen | None
    did: tuple[Tile, ...]
    paid: tuple[Tile, ...]
    apart: tuple[Paid, ...]
    exchanged: tuple[Exchanged, ...]
    exchange: str
    risk: Risk
    everything: Risk
    risk_words: Mapping[str, str]
    worst: tuple[Worst, ...]
    open_problems: int
    trend: Trend


def overview(
    reader: Reader,
    scope: Scope,
    period: Period,
    problems: Sequence[Problem],
    at_risk: AtRisk,
    marks: Sequence[Mark],
    now: int,
    currency: str,
    begun: bool,
    people_as_of: str = "",
    rated: bool = False,
    silence: Silence | None = None,
) -> OverviewPage:
    """Read and word the Overview of `period`. `problems` are the open ones, dearest first; `begun` tells whether
    anything of the site was ever received, `people_as_of` as of when people are known, empty while that is now, `rated`
    whether the site states any rate of exchange, `silence` that visits have stopped coming.

    Money is left out unless the scope permits it.
    """
    problems = withheld.problems(problems, scope)
    by = wording.basis(problems)
    wholes = [one for one in problems if whole_of(one, problems) is None]
    series = read(reader, scope, period, currency, rated)
    felt, did_, paid_ = tiles.felt(series), tiles.did(series, people_as_of), tiles.paid(series)
    begun = begun or bool(series.visits)
    apart = None if series.visits else left_out(reader, scope, period.since, period.until)
    lines = (paid_[0 if series.money else 1].line, did_[0].line, felt[0].line)
    return OverviewPage(
        answer=answer(series, problems, now, begun, apart, by, silence),
        period=period,
        uncompared=series.uncompared,
        empty=not begun,
        felt=felt,
        unseen=_unseen(unknown_failures(reader, scope, period.since, period.until, now)),
        did=did_,
        paid=paid_,
        apart=tuple(series.apart) if series.money else (),
        exchanged=tuple(series.exchanged) if series.money else (),
        exchange=_exchange(series) if series.money else "",
        risk=together(at_risk.together, problems, now, period.zone) if series.money else NOT_TOLD,
        everything=everything(at_risk.felt, now, period.zone) if series.money else NOT_TOLD,
        risk_words={
            "risk": f"{metric('revenue_at_risk').words} The range is the 95% interval.",
            "exchange": exchange.MEANING,
            "everything": f"{metric('revenue_felt').words} The range is the 95% interval.",
        },
        worst=tuple(_worst(problem, now, period.zone, by, series.money) for problem in wholes[:3]),
        open_problems=len(wholes),
        trend=Trend(period.edges, period.until, lines, tuple(marks), period.zone, series.currency),
    )


def _exchange(series: Series) -> str:
    if not series.exchanged:
        return ""
    return f"{exchange.converted(series.exchanged)} by {exchange.rates(series.exchanged)}"


def _unseen(found: Sequence[RouteFailures]) -> Unseen | None:
    if not found:
        return None
    meaning = metric("server_failures")
    failed = sum(one.failed for one in found)
    return Unseen(
        failed, capital(sentence(*coded(wording.unseen(found)), ".")), meaning.words, meaning.anchor
    )


def _worst(problem: Problem, now: int, zone: str, by: wording.Basis, money: bool) -> Worst:
    pace, estimate = wording.pace(problem, by), problem.estimate
    unknown = estimate is not None and estimate.status == "unknown"
    cost = f"cost {figures.NOT_FOR_YOU if not money else 'unknown'}" if unknown else "not priced yet"
    if pace and estimate and estimate.revenue_lost and pace.low <= 0:
        cost, pace = f"no clear loss ({figures.money_range(estimate.revenue_lost, estimate.currency)})", None
    elif pace and estimate and estimate.revenue_lost:
        total = figures.money(estimate.revenue_lost.value, estimate.currency)
        cost = f"{figures.money(pace.value, estimate.currency)} {by.words}, {total} in all"
    since = f"since {figures.moment(problem.onset, now, zone)}"
    return Worst(f"/problems/{problem.id}", wording.title(problem), cost, pace is not None, since)
