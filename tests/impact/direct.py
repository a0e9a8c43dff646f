"""Arrivals worked out from a simulated run without the engine: the second opinion on `arrivals.sql`."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from afterclick.demo.shoppers import Simulation
from afterclick.impact import Question


def arrivals(run: Simulation, question: Question) -> pa.Table:
    """The columns of `arrivals.sql` but for ids, which number visits and people."""
    views, visits = run.views, run.visits
    at, visit = views.time, views.visit
    order_at = np.full(len(visits.start), 0)
    thanks = (views.step == "thanks") & visits.ordered[visit]
    order_at[visit[thanks]] = at[thanks] + 1
    _, start = np.unique(visit, return_index=True)
    first = start[visit]
    index = np.arange(len(visit)) - first + 1
    met = {"slow": views.slow, "error": views.error, "struggle": views.struggle}
    met["any"] = views.slow | views.error | views.struggle
    later_order = (order_at[visit] > at) & (order_at[visit] < question.until)
    shown = (at < question.until) & ((views.step == question.step) | (question.step == ""))
    where = np.ones(len(visit), dtype=np.bool_)
    for key, value in question.segment.items():
        where &= (views.card_network if key == "card_network" else getattr(visits, key)[visit]) == value
    ordered, revenue = visits.ordered[visit], visits.revenue[visit]
    columns: dict[str, NDArray[np.generic]] = {
        "visit": visit.astype(np.uint64),
        "device": visits.person[visit].astype(np.uint64),
        "arrived": at,
        "step": views.step,
        "path": np.full(len(visit), ""),
        "exposed": met[question.signal].astype(np.uint8),
        "in_segment": where.astype(np.uint8),
        "view_index": index.astype(np.int32),
        "step_index": _nth(visit, views.step),
        "seconds": (at - at[first]) / 1000,
        "slow_before": _before(views.slow, first),
        "error_before": _before(views.error, first),
        "struggle_before": _before(views.struggle, first),
        "cart_before": np.where(index > 1, np.roll(views.cart_value, 1), 0.0),
        "channel": np.full(len(visit), ""),
        "orders": (later_order & ordered).astype(np.float64),
        "revenue": np.where(later_order, revenue, 0.0),
        "orders_of_visit": ordered.astype(np.float64),
        "revenue_of_visit": revenue,
        "next_order": np.where(later_order, order_at[visit], 0),
        "currency": np.full(len(visit), "EUR"),
    }
    for name in ("device_class", "device_tier", "country", "campaign", "visitor", "browser"):
        columns[name] = getattr(visits, name)[visit]
    table = pa.table({name: pa.array(values[shown]) for name, values in columns.items()})
    tags = [[f"card_network={network}"] if network else [] for network in views.card_network[shown]]
    return table.append_column("tags", pa.array(tags, pa.list_(pa.string())))


def alike(met: int, others: int) -> pa.Table:
    """Visits that differ in nothing: of those who met it one in five ordered, of the others three in ten."""
    rows = np.arange(met + others)
    exposed = rows < met
    orders = np.where(exposed, rows % 10 < 2, rows % 10 < 3).astype(np.float64)
    words = ("device_class", "device_tier", "country", "channel", "campaign", "visitor", "browser", "path")
    none = ("slow_before", "error_before", "struggle_before", "cart_before", "seconds", "next_order")
    one = ("in_segment", "view_index", "step_index", "arrived")
    columns: dict[str, NDArray[np.generic]] = {
        **dict.fromkeys(words, np.full(len(rows), "")),
        **dict.fromkeys(none, np.zeros(len(rows), np.int64)),
        **dict.fromkeys(one, np.ones(len(rows), np.int64)),
        **dict.fromkeys(("visit", "device"), rows.astype(np.uint64)),
        **dict.fromkeys(("orders", "orders_of_visit"), orders),
        **dict.fromkeys(("revenue", "revenue_of_visit"), orders * 50),
        "exposed": exposed.astype(np.uint8),
        "step": np.full(len(rows), "pay"),
        "currency": np.full(len(rows), "EUR"),
    }
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    untagged: list[list[str]] = [[] for _ in rows]
    return table.append_column("tags", pa.array(untagged, pa.list_(pa.string())))


def _before(flags: NDArray[np.bool_], first: NDArray[np.intp]) -> NDArray[np.int32]:
    counts = np.concatenate([[0], np.cumsum(flags)])
    return (counts[:-1] - counts[first]).astype(np.int32)


def _nth(visit: NDArray[np.int64], step: NDArray[np.str_]) -> NDArray[np.int32]:
    seen: dict[tuple[int, str], int] = {}
    nth = np.empty(len(visit), np.int32)
    for row, key in enumerate(zip(visit.tolist(), step.tolist(), strict=True)):
        nth[row] = seen[key] = seen.get(key, 0) + 1
    return nth
