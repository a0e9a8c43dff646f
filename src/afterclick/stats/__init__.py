"""Estimators and pure maths: arrays in, numbers with intervals out; no I/O.

Nothing here imports SciPy when it is imported, so a process at rest stays small.
"""

from afterclick.stats.interval import Interval

__all__ = ["Interval"]
