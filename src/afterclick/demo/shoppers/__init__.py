"""The shop's simulated people: a seed enters; what their browsers would send leaves, and the truth beside it.

How they behave is written down in `docs/simulator.md`.
"""

from afterclick.demo.shoppers.backfill import Sent, backfill
from afterclick.demo.shoppers.history import Batch, History
from afterclick.demo.shoppers.live import drive
from afterclick.demo.shoppers.simulation import Simulation, Views, Visits, simulate
from afterclick.demo.shoppers.tally import Tally
from afterclick.demo.shoppers.truth import Truth

__all__ = [
    "Batch",
    "History",
    "Sent",
    "Simulation",
    "Tally",
    "Truth",
    "Views",
    "Visits",
    "backfill",
    "drive",
    "simulate",
]
