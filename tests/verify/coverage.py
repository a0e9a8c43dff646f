"""Runs of the simulator through the real engine, their prices, and how these stand to the truth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tests.impact.direct import arrivals
from tests.impact.feed import insert, random_site

from afterclick.demo.shoppers import Truth, simulate
from afterclick.impact import Estimate, Interval, Question, Signal, price
from afterclick.impact.arrivals import Arrivals
from afterclick.impact.lost_revenue import estimate
from afterclick.store.scope import Scope
from afterclick.store.store import Store

VISITS = 10_000
PROBLEMS: dict[str, tuple[str, Signal, dict[str, str]]] = {  # of docs/faults.md
    "payment-slow": ("payment", "slow", {"card_network": "amex"}),
    "inventory-errors": ("checkout", "error", {}),
    "mobile-long-task": ("product", "slow", {"device_class": "mobile"}),
    "product-image": ("product", "slow", {}),
    "third-party-hang": ("list", "slow", {}),
}


@dataclass(frozen=True)
class Run:
    """One simulated shop: its fault, the price, and what was really lost."""

    fault: str
    estimate: Estimate
    orders: float
    revenue: float


@dataclass(frozen=True)
class Line:
    """How the prices of several runs stand to the truth, for one outcome."""

    name: str
    runs: int
    covered: int
    unknown: int
    width: float  # median width as a share of the truth
    naive_missed: int


def runs(store: Store, n: int, first_seed: int = 0, visits: int = VISITS) -> Iterator[Run]:
    """`n` runs, the faults in turn, each with its own seed and as its own site."""
    for number in range(n):
        fault = list(PROBLEMS)[number % len(PROBLEMS)]
        yield run(store, fault, first_seed + number, visits)


def run(store: Store, fault: str, seed: int, visits: int = VISITS) -> Run:
    """Simulate one shop, insert what its browsers sent, and price the fault from what the engine returns."""
    simulation, site = simulate(seed, visits, fault), random_site()
    insert(store, site, simulation, seed)
    return _run(fault, simulation.truth, price(store, Scope(site), _question(fault, simulation.truth), seed))


def runs_without_engine(n: int, first_seed: int, visits: int) -> Iterator[Run]:
    """The same with arrivals worked out in NumPy: quicker, for many runs."""
    for number in range(n):
        fault = list(PROBLEMS)[number % len(PROBLEMS)]
        simulation = simulate(first_seed + number, visits, fault)
        question = _question(fault, simulation.truth)
        found = estimate(Arrivals(arrivals(simulation, question), 1), question, seed=first_seed + number)
        yield _run(fault, simulation.truth, found)


def line(name: str, done: Sequence[Run], outcome: str) -> Line:
    """Summarise `done` for "orders" or "revenue"; a run without a price counts as missed."""
    covered, naive_missed, widths = 0, 0, [float("inf")] * len(done)
    for number, one in enumerate(done):
        truth = one.orders if outcome == "orders" else one.revenue
        lost, naive = _intervals(one.estimate, outcome)
        naive_missed += naive is None or not naive.covers(truth)
        if lost is not None:
            covered += lost.covers(truth)
            widths[number] = lost.width / max(truth, 1e-9)
    unknown = sum(one.estimate.status != "priced" for one in done)
    return Line(name, len(done), covered, unknown, float(np.median(widths)), naive_missed)


def _question(fault: str, truth: Truth) -> Question:
    step, signal, segment = PROBLEMS[fault]
    return Question(step=step, signal=signal, segment=segment, onset=truth.onset, until=truth.until)


def _run(fault: str, truth: Truth, found: Estimate) -> Run:
    return Run(fault, found, truth.orders_lost_signal, truth.revenue_lost_signal)


def _intervals(estimate: Estimate, outcome: str) -> tuple[Interval | None, Interval | None]:
    if outcome == "orders":
        return estimate.orders_lost, estimate.naive_orders
    return estimate.revenue_lost, estimate.naive


def table(lines: Sequence[Line]) -> str:
    """The lines as text."""
    head = f"{'':30s} {'runs':>5s} {'covered':>8s} {'unknown':>8s} {'width/truth':>12s} {'naive missed':>13s}"
    rows = [
        f"{one.name:30s} {one.runs:5d} {one.covered:8d} {one.unknown:8d} {one.width:12.2f} {one.naive_missed:13d}"
        for one in lines
    ]
    return "\n".join([head, *rows])
