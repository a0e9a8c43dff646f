"""Visits read back: which there were, and what one of them felt, did and paid.

Enters: sessions, events and spans through the query layer. Leaves: frozen records that pages can draw.
"""

from afterclick.journeys.left_out import LeftOut, left_out
from afterclick.journeys.paid import Exchanged, Paid, exchanged
from afterclick.journeys.visit import Happening, Head, Page, Refunded, Visit, visit
from afterclick.journeys.visits import (
    CHOICES,
    ORDERS,
    Choice,
    Filter,
    Met,
    Order,
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
    "ORDERS",
    "Bar",
    "Choice",
    "Exchanged",
    "Filter",
    "Happening",
    "Head",
    "LeftOut",
    "Met",
    "Order",
    "Page",
    "Paid",
    "Refunded",
    "Span",
    "Totals",
    "Trace",
    "Visit",
    "VisitRow",
    "countries",
    "exchanged",
    "left_out",
    "steps",
    "totals",
    "trace",
    "visit",
    "visits",
]
