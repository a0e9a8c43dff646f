"""A problem as programs read it, wherever it is listed: its words, and what it cost as figures."""

from afterclick.api.figure import Figure, in_money
from afterclick.impact import Estimate
from afterclick.measure import metric
from afterclick.resolve import Problem, rate
from afterclick.stats import Interval
from afterclick.words import wording
from afterclick.words.telling import sentence


class ProblemData(Problem, frozen=True, kw_only=True):
    """A problem with its words, and what it cost since its onset as figures; `estimate` holds how that was found.

    `revenue_lost_an_hour` is what it costs now, None once that is over: problems are ranked by it.
    """

    sentence: str
    title: str
    orders_lost: Figure
    revenue_lost: Figure
    revenue_lost_an_hour: Interval | None


def data(problem: Problem, zone: str) -> ProblemData:
    """The problem as programs read it."""
    estimate = problem.estimate
    fields = {name: getattr(problem, name) for name in problem.__struct_fields__}
    hourly = rate(problem) if problem.status == "open" else None
    return ProblemData(
        **fields,
        sentence=sentence(problem, zone),
        title=wording.title(problem),
        orders_lost=lost("orders_lost", estimate),
        revenue_lost=lost("revenue_lost", estimate),
        revenue_lost_an_hour=in_money(hourly, estimate.currency) if hourly and estimate else None,
    )


def lost(key: str, estimate: Estimate | None) -> Figure:
    """What problems cost, by the metric of that key, as the estimate has it."""
    unit = metric(key).unit
    found = (estimate.revenue_lost if unit == "money" else estimate.orders_lost) if estimate else None
    reason = (estimate.reason if estimate else "") or "It has not been priced yet."
    return Figure(
        key=key,
        value=found.value if found else None,
        unit=unit,
        currency=estimate.currency if estimate and unit == "money" else "",
        interval=found,
        no_interval="" if found else reason,
        n=estimate.n_exposed if estimate else None,
        method=estimate.method if estimate else "",
        unknown="" if found else reason,
        as_of=estimate.until if estimate and estimate.until else None,
    )


def nothing(key: str) -> Figure:
    """What no problem costs: nothing, and that is known."""
    return Figure(key=key, value=0.0, unit=metric(key).unit, no_interval="No problem is open.", n=0)
