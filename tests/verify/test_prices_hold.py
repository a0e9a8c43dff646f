import os

import pytest
from tests.verify.coverage import PROBLEMS, line, runs, table

from afterclick.store import Store


@pytest.mark.verify
def test_prices_hold_the_truth_of_the_simulator(store: Store) -> None:
    """The claim of docs/impact.md: coverage at least 90 %, width at most 60 % of the truth, naive wrong in half."""
    done = list(runs(store, int(os.environ.get("AFTERCLICK_VERIFY_RUNS", "100"))))
    for outcome in ("orders", "revenue"):
        each = [line(fault, [run for run in done if run.fault == fault], outcome) for fault in PROBLEMS]
        whole = line(f"all, {outcome}", done, outcome)
        print("\n" + table([*(one for one in each if one.runs), whole]))
        assert whole.covered >= 0.9 * whole.runs
        assert whole.width <= 0.6
        assert whole.naive_missed >= 0.5 * whole.runs
