"""One metric's value in one row of an answer: with its n, its interval, or why it has none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from afterclick.measure.metric import Method, Metric
from afterclick.stats.interval import Interval
from afterclick.stats.mean import of_mean
from afterclick.stats.proportion import wilson
from afterclick.stats.quantile import order_statistics

Cell = float | str | Sequence[float | None] | None
"""One column of a row."""
_FEWEST_ANSWERS = 30  # a mean of fewer is not normal enough for its interval


@dataclass(frozen=True)
class Measured:
    """A value, None when unknown, of `n`. `method` says how it was made; `exact` why it has no interval, if so."""

    value: float | None
    n: int
    method: str = ""
    interval: Interval | None = None
    exact: str = ""


LEVELS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.8, 0.85, 0.9, 0.95, 1.0)
"""The quantiles that an interval of the 75th percentile is chosen from, denser where many page loads need it."""
METHODS: Mapping[Method, str] = {
    "count": "counted",
    "sum": "summed",
    "share": "share of {n}; Wilson's score interval",
    "mean": "mean of {n}; normal interval",
    "p75": "75th percentile of {n}; interval by order statistics",
}
_WHOLE = "Every one of the period is in it: nothing is estimated."


def measured(metric: Metric, row: Mapping[str, Cell]) -> Measured:
    """The metric in a row that holds its columns; of a mean also `<part>_squares`, of a percentile
    `<part>_quantiles`, those at `LEVELS`. Unknown below the metric's least n.
    """
    n, part = int(_number(row[metric.whole])), row[metric.part]
    method = METHODS[metric.method].format(n=metric.n)
    if metric.method in ("count", "sum"):
        return Measured(_number(part), n, method, exact=_WHOLE)
    if n < metric.least or part is None:
        return Measured(None, n, exact=f"Unknown below {metric.least} {metric.n}.")
    if metric.method == "share":
        interval = wilson(_number(part), n)
        return Measured(interval.value, n, method, interval)
    if metric.method == "mean":
        return _mean(metric, row, n, method)
    found = order_statistics(_quantiles(row[f"{metric.part}_quantiles"]), 0.75, n)
    return Measured(_number(part), n, method, found, "" if found else "Too few for an interval.")


def _quantiles(cell: Cell) -> dict[float, float]:
    told = cell if isinstance(cell, Sequence) and not isinstance(cell, str) else ()
    return {level: value for level, value in zip(LEVELS, told, strict=False) if value is not None}


def _mean(metric: Metric, row: Mapping[str, Cell], n: int, method: str) -> Measured:
    total = _number(row[metric.part])
    if n < _FEWEST_ANSWERS:
        return Measured(total / n, n, method, exact=f"An interval needs {_FEWEST_ANSWERS} {metric.n}.")
    return Measured(total / n, n, method, of_mean(total, _number(row[f"{metric.part}_squares"]), n))


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
