"""What a problem costs: page views and orders enter, orders and revenue lost leave, each with a 95 % interval.

The estimand, its assumptions and its limits are in `docs/impact.md`.
"""

from afterclick.impact.estimate import Condition, Estimate, Minimum, Question, Signal, Status
from afterclick.impact.price import price
from afterclick.impact.total import AtRisk, Together, price_together, price_total
from afterclick.stats import Interval

__all__ = [
    "AtRisk",
    "Condition",
    "Estimate",
    "Interval",
    "Minimum",
    "Question",
    "Signal",
    "Status",
    "Together",
    "price",
    "price_together",
    "price_total",
]
