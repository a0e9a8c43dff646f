"""What each number means: the metric catalogue, versioned, beside nobody's formatting.

Enters: a row of an answer. Leaves: its figure with n and interval; metrics with their words, unit, which way is good,
limits, SQL and place in docs/definitions.md; the dimensions; who counts; and `BOUND`, what of them the store's views
are bound to.
"""

from afterclick.measure.bound import BOUND
from afterclick.measure.catalogue import CATALOGUE, metric
from afterclick.measure.dimensions import DIMENSIONS, Dimension, condition
from afterclick.measure.felt import FELT, Felt
from afterclick.measure.figure import LEVELS, Measured, measured
from afterclick.measure.metric import Grade, Limits, Metric, Unit, Wish
from afterclick.measure.population import LEFT_OUT

__all__ = [
    "BOUND",
    "CATALOGUE",
    "DIMENSIONS",
    "FELT",
    "LEFT_OUT",
    "LEVELS",
    "Dimension",
    "Felt",
    "Grade",
    "Limits",
    "Measured",
    "Metric",
    "Unit",
    "Wish",
    "condition",
    "measured",
    "metric",
]
