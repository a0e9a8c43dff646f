"""What a problem costs: page views and orders enter, orders and revenue lost leave, each with a 95 % interval.

The estimand, its assumptions and its limits are in `docs/impact.md`.
"""

from afterclick.impact.estimate import Estimate, Minimum, Question, Signal, Status
from afterclick.impact.price import price
from afterclick.impact.total import price_total
from afterclick.stats import Interval

__all__ = ["Estimate", "Interval", "Minimum", "Question", "Signal", "Status", "price", "price_total"]
