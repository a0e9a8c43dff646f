"""Orders and revenue lost, with their intervals, estimated from arrivals: pure, so that it runs wherever those are."""

from math import sqrt

import msgspec
import numpy as np
import pyarrow as pa

from afterclick.impact import raw_difference
from afterclick.impact.arrivals import Arrivals
from afterclick.impact.estimate import Estimate, Minimum, Question
from afterclick.impact.target_trial import Trial, emulate, settled
from afterclick.stats.att import Comparison, compare
from afterclick.stats.drift import between_variance
from afterclick.stats.lost_interval import lost

METHOD = (
    "effect among the exposed: sequential target trials, doubly robust and cross-fitted, "
    "adjusted for what was known on arrival, clustered by device"
)

_FARTHEST = (
    0.25  # largest standardised mean difference that weighting may leave, beyond three standard errors
)
_MOST_CLIPPED = 0.1  # largest share of the exposed that nothing resembles
_YOUNG_MS = 24 * 3_600_000


def estimate(
    arrivals: Arrivals, question: Question, minimum: Minimum | None = None, seed: int = 0
) -> Estimate:
    """Price `question` from its arrivals; never raises for want of data, but says what is missing."""
    minimum = minimum or Minimum()
    ready = settled(arrivals.table, question)
    trial = emulate(ready.filter(pa.array(ready.column("in_segment").to_numpy() > 0)), question)
    draft = Estimate(
        status="unknown",
        n_exposed=int(trial.cohort.exposed.sum()) * arrivals.every,
        n_control=int(trial.cohort.others.sum()) * arrivals.every,
        minimum=minimum,
        currency=_currency(ready),
        method=METHOD,
        since=question.onset,
        until=question.until,
    )
    shortage = _too_few(trial, minimum)
    if shortage:
        status = "gathering" if question.until - question.onset < _YOUNG_MS else "unknown"
        return msgspec.structs.replace(draft, status=status, reason=shortage)
    comparison = compare(trial.cohort, seed=seed)
    obstacle = _not_comparable(comparison, minimum)
    if obstacle:
        return msgspec.structs.replace(draft, reason=obstacle)
    return _priced(draft, trial, comparison, arrivals.every, raw_difference.difference(ready, question))


def _too_few(trial: Trial, minimum: Minimum) -> str:
    """What there is too little of, as one sentence; empty when there is enough."""
    cohort = trial.cohort
    exposed, others = int(cohort.exposed.sum()), int(cohort.others.sum())
    orders = int((cohort.orders[cohort.others] > 0).sum())
    if exposed < minimum.exposed:
        return f"{exposed} visits met it; a price needs {minimum.exposed}."
    if others < minimum.control:
        return f"{others} comparable arrivals did not meet it; a price needs {minimum.control}."
    if orders < minimum.orders:
        return f"{orders} comparable arrivals led to an order; a price needs {minimum.orders}."
    return ""


def _not_comparable(comparison: Comparison, minimum: Minimum) -> str:
    """Why those who met it cannot be compared with those who did not; empty when they can."""
    if comparison.clipped > _MOST_CLIPPED:
        return f"{comparison.clipped:.0%} of those who met it resemble nobody who did not."
    if comparison.effective < minimum.effective:
        return (
            f"The comparable arrivals weigh as much as {comparison.effective:.0f} alike ones; "
            f"a price needs {minimum.effective}."
        )
    chance = sqrt(1 / int(comparison.cohort.exposed.sum()) + 1 / comparison.effective)
    if comparison.imbalance > _FARTHEST + 3 * chance:
        return "Those who met it differ from those who did not in ways that weighting cannot even out."
    return ""


def _priced(
    draft: Estimate, trial: Trial, comparison: Comparison, every: int, raw: raw_difference.Difference | None
) -> Estimate:
    drift = {
        name: between_variance(outcome.residuals[trial.cohort.others], trial.block[trial.cohort.others])
        for name, outcome in (("orders", comparison.orders), ("revenue", comparison.revenue))
    }
    return msgspec.structs.replace(
        draft,
        status="priced",
        orders_lost=lost(comparison, comparison.orders, drift["orders"], every),
        revenue_lost=lost(comparison, comparison.revenue, drift["revenue"], every),
        naive=raw.revenue.scaled(every) if raw else None,
        naive_orders=raw.orders.scaled(every) if raw else None,
    )


def _currency(table: pa.Table) -> str:
    """The currency of most arrivals that have one."""
    names, counts = np.unique(
        np.asarray(table.column("currency").to_numpy(), dtype=np.str_), return_counts=True
    )
    counts[names == ""] = 0
    return str(names[counts.argmax()]) if counts.any() else ""
