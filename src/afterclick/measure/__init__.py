"""What each number means: the metric catalogue, versioned, beside nobody's formatting.

Nothing enters. Leaves: definitions with their unit, which way is good, limits, and the place in docs/definitions.md.
"""

from afterclick.measure.bound import BOUND
from afterclick.measure.definitions import CATALOGUE, Grade, Limits, Metric, Unit, Wish, metric
from afterclick.measure.felt import FELT, Felt

__all__ = ["BOUND", "CATALOGUE", "FELT", "Felt", "Grade", "Limits", "Metric", "Unit", "Wish", "metric"]
