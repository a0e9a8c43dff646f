"""From arrivals to a sequence of target trials: who was first exposed when, and who was comparable and not yet.

Each arrival of a visit starts a trial in which the visit may be exposed (Hernan & Robins 2016, American
Journal of Epidemiology 183:758; Hernan et al. 2016, Journal of Clinical Epidemiology 79:70, on immortal
time).
"""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from afterclick.impact.estimate import Question
from afterclick.measure import DIMENSIONS
from afterclick.stats.att import Cohort, Floats, Integers, Mask
from afterclick.stats.design import Design

LONGEST_WAIT_MS = 30 * 60_000
"""An order this long after an arrival, or longer, is not waited for."""

_CATEGORIES = (*(one.name for one in DIMENSIONS if one.priced), "step", "path")
_COUNTS = ("slow_before", "error_before", "struggle_before")
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


@dataclass(frozen=True)
class Trial:
    """The cohort to compare; `block` numbers stretches of time, counted from the onset, for the drift check."""

    cohort: Cohort
    block: Integers


def numbers(table: pa.Table, column: str) -> Floats:
    """A column as floats."""
    return table.column(column).to_numpy().astype(np.float64)


def settled(table: pa.Table, question: Question) -> pa.Table:
    """Arrivals of the segment that had time to order by `question.until`.

    The time is the 99th percentile of what visits took from an arrival to their order, at most
    LONGEST_WAIT_MS; without it the newest arrivals would look like lost orders.
    """
    arrived, ordered = table.column("arrived").to_numpy(), table.column("next_order").to_numpy()
    waits = (ordered - arrived)[(ordered > 0) & (arrived < question.until - LONGEST_WAIT_MS)]
    wait = min(float(np.quantile(waits, 0.99)), LONGEST_WAIT_MS) if len(waits) else LONGEST_WAIT_MS
    return table.filter(pa.array(arrived <= question.until - wait))


def emulate(table: pa.Table, question: Question) -> Trial:
    """Rows of `table` (one segment) as a cohort.

    Exposed: the first arrival of a visit that the problem met, when it came after the onset. Others: arrivals
    before or without a first exposure, whether before or after the onset. Arrivals after a first exposure say
    nothing. Nor does a first exposure to a problem of several before that one's onset (2 in the column).
    """
    order = np.lexsort([table.column(name).to_numpy() for name in ("view_index", "arrived", "visit")])
    table = table.take(pa.array(order, pa.int64()))
    visit = table.column("visit").to_numpy()
    level = table.column("exposed").to_numpy()
    met, counts = level.astype(bool), level == 1
    arrived = table.column("arrived").to_numpy()
    first = _first_exposure(visit, met)
    rows = np.arange(len(visit))
    kept = (first < 0) | (rows <= first)
    position = np.cumsum(kept) - 1
    table, first, met, arrived = table.filter(pa.array(kept)), first[kept], met[kept], arrived[kept]
    counts = counts[kept]
    later = np.where((first >= 0) & ~met, position[first], -1)
    orders, revenue = numbers(table, "orders"), numbers(table, "revenue")
    cohort = Cohort(
        features=_features(table),
        exposed=counts & (arrived >= question.onset),
        others=~met,
        orders=orders,
        revenue=revenue,
        cluster=table.column("device").to_numpy().astype(np.uint64),
        later=later,
        orders_before_later=np.where(later >= 0, orders - orders[later], 0.0),
        revenue_before_later=np.where(later >= 0, revenue - revenue[later], 0.0),
    )
    length = min(max(question.until - question.onset, _HOUR_MS), _DAY_MS)
    return Trial(cohort, (arrived - question.onset) // length)


def _first_exposure(visit: NDArray[np.uint64], met: Mask) -> Integers:
    """For each row, the number of the row of its visit's first exposure, or -1."""
    rows = np.arange(len(visit))
    _, start, codes = np.unique(visit, return_index=True, return_inverse=True)
    first = np.full(len(start), len(visit))
    np.minimum.at(first, codes[met], rows[met])
    found = first[codes]
    return np.where(found < len(visit), found, -1)


def _features(table: pa.Table) -> Floats:
    """What was known on arrival. Releases are left out: a release may be the problem itself."""
    design = Design(table.num_rows)
    by_name = {name: design.category(_codes(table, name)) for name in _CATEGORIES}
    design.add(_frequent_tags(table))
    cart = np.log1p(np.maximum(numbers(table, "cart_before"), 0.0))
    design.add([(cart > 0).astype(np.float64)])
    carts = design.number(cart)
    seconds = design.number(np.log1p(np.maximum(numbers(table, "seconds"), 0.0)))
    order = design.number(np.minimum(numbers(table, "view_index"), 30.0))
    design.number(np.minimum(numbers(table, "step_index"), 10.0))
    for name in _COUNTS:
        design.number(np.minimum(numbers(table, name), 3.0))
    angle = numbers(table, "arrived") / _DAY_MS * 2 * np.pi
    design.add([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)])
    who = [*by_name["device_class"], *by_name["device_tier"], *by_name["visitor"]]
    design.product(by_name["device_class"], by_name["visitor"])
    design.product(who, [carts[0], seconds[0], order[0]])
    return design.matrix()


def _codes(table: pa.Table, name: str) -> Integers:
    """A column of words as numbers of its distinct words."""
    words = table.column(name).combine_chunks()
    encoded = cast("pa.DictionaryArray[Any, Any]", words.dictionary_encode())  # pyright: ignore[reportUnknownMemberType]
    return np.asarray(encoded.indices).astype(np.int64)


def _frequent_tags(table: pa.Table, most: int = 20) -> list[Floats]:
    """A 0/1 column for each of the `most` frequent tags."""
    counts = np.asarray(pc.list_value_length(table.column("tags"))).astype(np.int64)
    words = np.asarray(pc.list_flatten(table.column("tags")), dtype=np.str_)
    row = np.repeat(np.arange(table.num_rows), counts)
    _, codes, frequency = np.unique(words, return_inverse=True, return_counts=True)
    columns: list[Floats] = []
    for tag in np.argsort(-frequency, kind="stable")[:most]:
        column = np.zeros(table.num_rows)
        column[row[codes == tag]] = 1.0
        columns.append(column)
    return columns
