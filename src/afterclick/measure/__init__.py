"""What each number means: the metric catalogue, versioned, beside nobody's formatting.

Nothing enters. Leaves: definitions with their unit, which way is good, limits, and the place in docs/definitions.md;
the dimensions; who counts; and `BOUND`, what of them the store's views are bound to.
"""

from afterclick.measure.bound import BOUND
from afterclick.measure.definitions import CATALOGUE, Grade, Limits, Metric, Unit, Wish, metric
from afterclick.measure.dimensions import DIMENSIONS, Dimension, condition
from afterclick.measure.felt import FELT, Felt
from afterclick.measure.population import LEFT_OUT

__all__ = [
    "BOUND",
    "CATALOGUE",
    "DIMENSIONS",
    "FELT",
    "LEFT_OUT",
    "Dimension",
    "Felt",
    "Grade",
    "Limits",
    "Metric",
    "Unit",
    "Wish",
    "condition",
    "metric",
]
