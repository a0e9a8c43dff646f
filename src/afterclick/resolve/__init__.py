"""From figures to an explained problem: detect, explain, keep, show the evidence.

Enters: page views, sessions and spans through the query layer, and a price from impact. Leaves: problems with their
segment, onset, price, cause and evidence; the topology behind them; deploy marks, and pages that failed at the server,
as events for the front door.
"""

from afterclick.resolve.book import ProblemBook, SqlProblemBook
from afterclick.resolve.candidate import SIGNALS, Before, Candidate, Segment, Wait
from afterclick.resolve.cause import Cause, Comparison
from afterclick.resolve.detect import detect
from afterclick.resolve.evidence import (
    Bin,
    Breakdown,
    Distribution,
    Evidence,
    ExampleVisit,
    Exposure,
    Proportion,
)
from afterclick.resolve.explain import explain
from afterclick.resolve.pricing import Price, due, reprice
from afterclick.resolve.problem import Merged, Priced, Problem, at_risk, deserted_since, rate, whole_of
from afterclick.resolve.server import TOLD_BY, RouteFailures, unknown_failures
from afterclick.resolve.silence import Silence
from afterclick.resolve.watch import Change, watch

__all__ = [
    "SIGNALS",
    "TOLD_BY",
    "Before",
    "Bin",
    "Breakdown",
    "Candidate",
    "Cause",
    "Change",
    "Comparison",
    "Distribution",
    "Evidence",
    "ExampleVisit",
    "Exposure",
    "Merged",
    "Price",
    "Priced",
    "Problem",
    "ProblemBook",
    "Proportion",
    "RouteFailures",
    "Segment",
    "Silence",
    "SqlProblemBook",
    "Wait",
    "at_risk",
    "deserted_since",
    "detect",
    "due",
    "explain",
    "rate",
    "reprice",
    "unknown_failures",
    "watch",
    "whole_of",
]
