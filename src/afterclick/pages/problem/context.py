"""One Problem's page: what, who, since when, worth, cause; and below it the evidence, most decisive first."""

from collections.abc import Sequence
from dataclasses import dataclass

from afterclick.jobs import Freshness
from afterclick.pages.problem.service_map import ServiceMap
from afterclick.resolve import Breakdown, Comparison, Distribution, Evidence, Problem, Proportion
from afterclick.words import figures, wording
from afterclick.words.chart import Bars, Histogram, Mark
from afterclick.words.freshness import as_of
from afterclick.words.period import DAY, LONGEST_DAYS
from afterclick.words.scale import Whisker, whiskers
from afterclick.words.sentence import Sentence, capital, coded, sentence

_VISIT = 2 * 3_600_000
"""A visit that met a problem as it began may have begun so long before, ms."""


@dataclass(frozen=True)
class Fact:
    """One answer of the page: its question, the answer, and what it rests on."""

    question: str
    answer: str
    note: str
    family: str = ""


@dataclass(frozen=True)
class Versus:
    """One figure among the affected against the unaffected; `difference` with its interval, or why there is none."""

    label: str
    affected: str
    unaffected: str
    difference: str
    n: str


@dataclass(frozen=True)
class ProblemPage:
    """One problem, as far as the book knows it; its evidence is a context of its own, read while this is shown.

    `whisker` shows the price on a scale that holds zero, `priced` says as of when where that is late.
    `naive` is the raw difference, named as no effect.
    """

    id: str
    answer: Sentence
    title: str
    status: str
    signal: str
    symptoms: tuple[str, ...]
    facts: tuple[Fact, ...]
    worth: str
    worth_bounds: str
    now: str
    orders: str
    method: str
    state: str
    whisker: Whisker | None
    cause: Sentence
    cause_kind: str
    cause_names: tuple[tuple[str, str], ...]
    explained: str
    rivals: tuple[Sentence, ...]
    versus: tuple[Versus, ...]
    naive: str
    priced: str


def problem_page(problem: Problem, now: int, zone: str, prices: Freshness | None = None) -> ProblemPage:
    """Word one problem; `prices` tells how fresh those of open ones are."""
    estimate = problem.estimate
    lost = estimate.revenue_lost if estimate else None
    currency = estimate.currency if estimate else ""
    orders = estimate.orders_lost if estimate else None
    return ProblemPage(
        id=problem.id,
        answer=wording.answer(problem, now, zone),
        title=wording.title(problem),
        status=problem.status,
        signal=problem.signal,
        symptoms=problem.symptoms,
        facts=_facts(problem, now, zone),
        worth=figures.money(lost.value, currency) if lost else "",
        worth_bounds=figures.money_range(lost, currency) if lost else "",
        now=_now(problem),
        orders=f"{orders.value:,.1f} orders ({orders.low:,.1f} to {orders.high:,.1f})" if orders else "",
        method=estimate.method if estimate else "",
        state="" if lost else wording.price_words(estimate),
        whisker=whiskers([(lost.low, lost.value, lost.high)])[0] if lost else None,
        cause=wording.cause_words(problem),
        cause_kind=problem.cause.kind,
        cause_names=_names(problem),
        explained=_explained(problem),
        rivals=tuple(capital(sentence(*coded(rival))) for rival in problem.cause.rivals),
        versus=tuple(_versus(one) for one in problem.cause.evidence or problem.evidence),
        naive=figures.money(estimate.naive.value, currency) if estimate and estimate.naive else "",
        priced=as_of(prices, now, zone) if lost and problem.status == "open" else "",
    )


def _now(problem: Problem) -> str:
    """What it costs now, with its interval; empty where that is over or not known."""
    by, estimate = wording.basis([problem]), problem.estimate
    pace = wording.pace(problem, by) if problem.status == "open" else None
    if pace is None or estimate is None:
        return ""
    bounds = figures.money_range(pace, estimate.currency)
    return f"{figures.money(pace.value, estimate.currency)} {by.words} now ({bounds})"


def _facts(problem: Problem, now: int, zone: str) -> tuple[Fact, ...]:
    share = problem.exposed_visits / problem.arrivals if problem.arrivals else 0.0
    who = wording.segment_words(problem.segment) or "everyone"
    met = f"{figures.count(problem.exposed_visits)} of {figures.plural(problem.arrivals, wording.what(problem))}"
    early, late = figures.moment(problem.onset_low, now, zone), figures.moment(problem.onset_high, now, zone)
    until = wording.not_met(problem, now, zone) or f"until {figures.moment(problem.last_seen, now, zone)}"
    if problem.status == "open":
        until = wording.nobody_since(problem, now, zone) or "still going on"
    elif problem.merged:
        until = f"counted in another problem since {figures.moment(problem.merged.at, now, zone)}"
    return (
        Fact(
            "Who",
            who.removeprefix("for ")[:1].upper() + who.removeprefix("for ")[1:],
            f"at {problem.service or wording.place(problem).lower()}",
            "did",
        ),
        Fact("How many", figures.percent(share), f"{met}; {_usual(problem)}", "felt"),
        Fact("Since", figures.moment(problem.onset, now, zone), f"{early} to {late} at 95%; {until}"),
        *_slower(problem),
    )


def _slower(problem: Problem) -> tuple[Fact, ...]:
    """How much slower than usual, of a problem that is that."""
    wait = problem.wait
    if wait is None:
        return ()
    name = "largest contentful paint" if wait.measure == "lcp" else "slowest request"
    bounds = ", too few for an interval"
    if wait.interval:
        low, high = (figures.milliseconds(end) for end in (wait.interval.low, wait.interval.high))
        bounds = f" ({low} to {high} at 95%)"
    usual = "nothing was measured before"
    if wait.before_ms is not None:
        usual = f"{figures.milliseconds(wait.before_ms)} of all {figures.count(wait.n_before)} before"
    counted = f"median {name} of the {figures.plural(wait.n, 'slower arrival')}{bounds}; {usual}"
    return (Fact("How slow", figures.milliseconds(wait.median_ms), counted, "felt"),)


def _usual(problem: Problem) -> str:
    """What share met it before, as it was measured; what is assumed where nothing was."""
    before = problem.before
    if before is None:
        return f"about {figures.percent(problem.baseline)} before"
    if before.arrivals:
        measured = f"{figures.count(before.exposed)} of {figures.count(before.arrivals)}"
        return f"{figures.percent(before.exposed / before.arrivals)} before ({measured})"
    return f"nothing was measured before; {figures.percent(problem.baseline)} is assumed"


def _names(problem: Problem) -> tuple[tuple[str, str], ...]:
    cause = problem.cause
    named = (
        ("Service", cause.service),
        ("Operation", cause.operation),
        ("Peer", cause.peer),
        ("Route", cause.route),
        ("Element", cause.element),
        ("Script", cause.script),
        ("Exception", cause.exception),
        ("Status", str(cause.http_status or "")),
        ("Release", cause.release),
        ("Devices", cause.device_class),
    )
    return tuple((name, value) for name, value in named if value)


def _explained(problem: Problem) -> str:
    cause = problem.cause
    if cause.kind == "unknown" or not cause.n:
        return ""
    bounds = f"{cause.explained_low:.0%} to {cause.explained_high:.0%}"
    return f"accounts for {cause.explained:.0%} of the excess ({bounds}, n = {figures.count(cause.n)})"


def _versus(one: Comparison) -> Versus:
    n = f"n = {figures.count(one.n_affected)} v. {figures.count(one.n_unaffected)}"
    if one.low is None or one.high is None:
        difference = "unknown: too few"
    else:
        difference = f"{_signed(one.low, one.unit)} to {_signed(one.high, one.unit)}"
    return Versus(
        one.label, _figure(one.affected, one.unit), _figure(one.unaffected, one.unit), difference, n
    )


def _figure(value: float, unit: str) -> str:
    if unit == "ms":
        return figures.milliseconds(abs(value))
    return figures.percent(abs(value)) if unit == "share" else f"{abs(figures.rounded(value)):,g}"


def _signed(value: float, unit: str) -> str:
    size = figures.points(abs(value) * 100) if unit == "share" else _figure(value, unit)
    return ("−" if value < 0 else "+") + size


@dataclass(frozen=True)
class Dot:
    """A proportion with its interval, drawn on a scale of 0 to 100 and written; `whisker` is None when n is 0."""

    label: str
    value: str
    bounds: str
    n: str
    whisker: Whisker | None


@dataclass(frozen=True)
class BreakdownPart:
    """Exposed share for each value of one dimension."""

    dimension: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class SampleLine:
    """One affected visit worth opening."""

    href: str
    when: str
    felt: str
    outcome: str
    device: str
    country: str
    rating: str
    traced: bool


@dataclass(frozen=True)
class Spread:
    """What was felt, affected against unaffected: the measure, where the signal begins, and the distribution."""

    measure: str
    unit: str
    limit: str
    signal_words: str
    medians: str
    histogram: Histogram


@dataclass(frozen=True)
class EvidencePart:
    """The evidence under a problem: four questions, each with its chart and its table.

    `visits` is the filter under which the Visits page lists who met it, empty where none did; `arrivals` what it is
    counted in. Of a problem at a service there is no `spread` and no `journey`.
    """

    visits: dict[str, str]
    lasted: str
    arrivals: str
    spread: Spread | None
    exposure: Bars
    journey: tuple[Dot, ...]
    breakdowns: tuple[BreakdownPart, ...]
    samples: tuple[SampleLine, ...]
    services: tuple[ServiceMap, ...]


def evidence_part(
    problem: Problem,
    found: Evidence,
    services: tuple[ServiceMap, ...],
    marks: Sequence[Mark],
    now: int,
    zone: str,
) -> EvidencePart:
    """Word and lay out the evidence of one problem."""
    onset = [Mark(problem.onset, "onset", "onset")]
    if problem.closed:
        onset.append(Mark(problem.closed, "closed", "last met" if problem.lapsed else "closed"))
    buckets = found.exposure
    return EvidencePart(
        visits=_visits(problem),
        lasted=_lasted(problem),
        arrivals="requests" if problem.service else "arrivals",
        spread=_spread(found.distribution, problem) if found.distribution else None,
        exposure=Bars(
            tuple(one.time for one in buckets),
            buckets[0].width if buckets else 0,
            tuple(one.exposed for one in buckets),
            tuple(one.arrivals for one in buckets),
            (*onset, *marks),
            zone,
        ),
        journey=_dots(found.journey),
        breakdowns=tuple(_breakdown(one) for one in found.breakdowns),
        samples=_samples(found, now, zone),
        services=services,
    )


def _spread(found: Distribution, problem: Problem) -> Spread:
    unit = found.unit
    medians = (
        f"median {_figure(found.median_affected, unit)} against {_figure(found.median_unaffected, unit)}"
        if found.median_affected is not None and found.median_unaffected is not None
        else "median unknown: one side is empty"
    )
    limit = _figure(found.limit, unit)
    name = "slower than usual" if problem.signal == "slower" else problem.signal
    return Spread(found.measure, unit, limit, f"{name} from", medians, _histogram(found))


def _visits(problem: Problem) -> dict[str, str]:
    """How the Visits page lists exactly those that met it, its whole segment, tags too; nothing of one that no visit
    tells of.
    """
    return {} if problem.service else {"problem": problem.id}


def _lasted(problem: Problem) -> str:
    """The period in which all visits lie that met it: one may have begun some time before."""
    until = max(problem.closed or problem.last_seen, problem.onset + 1)
    return f"{max(problem.onset - _VISIT, until - LONGEST_DAYS * DAY)}..{until}"


def _histogram(spread: Distribution) -> Histogram:
    return Histogram(
        spread.unit,
        spread.measure,
        spread.limit,
        tuple(one.low for one in spread.bins),
        tuple(one.high for one in spread.bins),
        tuple(one.affected / (spread.n_affected or 1) for one in spread.bins),
        tuple(one.unaffected / (spread.n_unaffected or 1) for one in spread.bins),
        spread.n_affected,
        spread.n_unaffected,
    )


def _dots(found: Sequence[Proportion]) -> tuple[Dot, ...]:
    drawn = whiskers(
        [None if one.value is None else (one.low or 0, one.value, one.high or 0) for one in found]
    )
    return tuple(
        Dot(
            one.label,
            "unknown" if one.value is None else figures.percent(one.value),
            ""
            if one.low is None or one.high is None
            else f"{figures.percent(one.low)} to {figures.percent(one.high)}",
            f"{figures.count(one.hits)} of {figures.count(one.n)}",
            whisker,
        )
        for one, whisker in zip(found, drawn, strict=True)
    )


def _breakdown(found: Breakdown) -> BreakdownPart:
    return BreakdownPart(found.dimension.replace("_", " "), _dots(found.values[:8]))


def _samples(found: Evidence, now: int, zone: str) -> tuple[SampleLine, ...]:
    unit = found.distribution.unit if found.distribution else "count"
    return tuple(
        SampleLine(
            href=f"/visits/{one.session_id}#p-{one.page_view_id}",
            when=figures.moment(one.time, now, zone),
            felt=_figure(one.felt, unit),
            outcome=one.outcome,
            device=one.device_class,
            country=one.country,
            rating=f"{one.rating:.0f} of 5" if one.rating else "",
            traced=bool(one.trace_id),
        )
        for one in found.samples
    )
