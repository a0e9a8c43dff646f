import os
from collections.abc import Iterator

import pytest
from tests.verify.coverage import PROBLEMS, Line, Run, line, runs, runs_without_engine, table

from afterclick.store.store import Store


@pytest.mark.verify
def test_prices_hold_the_truth_of_the_simulator(store: Store) -> None:
    """The claim of docs/impact.md: coverage at least 90 %, width at most 60 % of the truth, naive wrong in half."""
    done = list(runs(store, int(os.environ.get("AFTERCLICK_VERIFY_RUNS", "100"))))
    for whole in told(done):
        assert whole.covered >= 0.9 * whole.runs
        assert whole.width <= 0.6
        assert whole.naive_missed >= 0.5 * whole.runs


@pytest.mark.verify
@pytest.mark.parametrize("visits", [3000, 8000])
def test_prices_of_small_shops_hold_and_are_seldom_refused(visits: int) -> None:
    done = list(runs_without_engine(300, first_seed=40_000, visits=visits))
    for whole in told(done):
        assert whole.unknown <= 0.05 * whole.runs
        assert whole.covered >= 0.9 * whole.runs


def told(done: list[Run]) -> Iterator[Line]:
    """The lines over all runs, for orders and for revenue; prints them beneath those of each fault."""
    for outcome in ("orders", "revenue"):
        each = [line(fault, [run for run in done if run.fault == fault], outcome) for fault in PROBLEMS]
        whole = line(f"all, {outcome}", done, outcome)
        print("\n" + table([*(one for one in each if one.runs), whole]))
        yield whole
