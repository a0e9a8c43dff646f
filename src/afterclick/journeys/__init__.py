"""Visits read back: which there were, and what one of them felt, did and paid.

Enters: sessions, events and spans through the query layer. Leaves: frozen records that pages can draw.
"""

from afterclick.journeys.paid import Paid
from afterclick.journeys.visit import Happening, Head, Page, Visit, visit
from afterclick.journeys.visits import (
    CHOICES,
    Choice,
    Filter,
    Met,
    Totals,
    VisitRow,
    countries,
    steps,
    totals,
    visits,
)
from afterclick.journeys.waterfall import Bar, Span, Trace, trace

__all__ = [
    "CHOICES",
    "Bar",
    "Choice",
    "Filter",
    "Happening",
    "Head",
    "Met",
    "Page",
    "Paid",
    "Span",
    "Totals",
    "Trace",
    "Visit",
    "VisitRow",
    "countries",
    "steps",
    "totals",
    "trace",
    "visit",
    "visits",
]
