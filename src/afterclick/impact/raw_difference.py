"""The raw difference that a price must never be: kept only to show how far off it is."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from afterclick.impact.estimate import Question
from afterclick.impact.target_trial import numbers
from afterclick.stats import Interval
from afterclick.stats.mean import welch
from afterclick.stats.proportion import newcombe


@dataclass(frozen=True)
class Difference:
    """Orders and revenue by which visits that met the problem fall short, times their number."""

    orders: Interval
    revenue: Interval


def difference(table: pa.Table, question: Question) -> Difference | None:
    """Orders and revenue that visits since the onset lack that met the problem, against those that did not.

    `table` holds arrivals of all segments; None when either side has fewer than two visits.
    """
    since = table.filter(pa.array(table.column("arrived").to_numpy() >= question.onset))
    met_here = (numbers(since, "exposed") * numbers(since, "in_segment")) > 0
    _, rows, codes = np.unique(since.column("visit").to_numpy(), return_index=True, return_inverse=True)
    met = np.bincount(codes, met_here) > 0
    revenue = numbers(since, "revenue_of_visit")[rows]
    ordered = numbers(since, "orders_of_visit")[rows] > 0
    n, n_other = int(met.sum()), int((~met).sum())
    if n < 2 or n_other < 2:
        return None
    orders = newcombe(int(ordered[~met].sum()), n_other, int(ordered[met].sum()), n)
    return Difference(orders.scaled(n), welch(revenue[~met], revenue[met]).scaled(n))
