"""Which signals are one problem's."""

import numpy as np

from afterclick.resolve.arrivals import bit
from afterclick.resolve.candidate import Signal
from afterclick.resolve.fold import Finding, fold
from afterclick.resolve.scan import CODES, MINUTE, Grid, StepScan
from afterclick.resolve.segment import segment

KEYS = ("", "card=x", "card=y")
GRID = Grid(np.arange(10.0) * 5 * MINUTE, np.full(10, 5.0 * MINUTE), (0, 0, 0), 0, 50 * MINUTE)
SLOW, ERROR = bit("slow"), bit("error")


def scan(*met: tuple[str, int, int]) -> StepScan:
    """A hundred arrivals with each card in each bucket, and from the fifth on more: of a card, a mask, so many."""
    views = np.zeros((len(KEYS), 10, CODES))
    views[:, :, 0] = [[200], [100], [100]]
    for key, mask, arrivals in met:
        views[[0, KEYS.index(key)], 5:, mask] += arrivals
    return StepScan("pay", KEYS, views, GRID)


def finding(step: StepScan, signal: Signal, key: str) -> Finding:
    return Finding(step, signal, KEYS.index(key), 5, 10, segment(key), 500.0, 50.0, 0.001, 10.0)


def folded(step: StepScan, slow: str, error: str) -> list[tuple[Signal, tuple[Signal, ...]]]:
    found = fold([finding(step, "slow", slow), finding(step, "error", error)])
    return [(one.signal, one.symptoms) for one in found]


def test_signals_of_different_segments_are_two_problems_though_they_began_together() -> None:
    apart = scan(("card=x", SLOW, 10), ("card=y", ERROR, 9))
    assert folded(apart, "card=x", "card=y") == [("slow", ()), ("error", ())]


def test_signals_that_began_together_on_other_page_views_are_two_problems_though_one_is_everyones() -> None:
    """Of 18 slow page views 4 met the error too, which began in the same hour for those who pay by y."""
    both = scan(("card=x", SLOW, 14), ("card=y", SLOW | ERROR, 4), ("card=y", ERROR, 16))
    assert folded(both, "", "card=y") == [("error", ()), ("slow", ())]
    assert folded(scan(("card=x", SLOW, 10), ("card=y", ERROR, 9)), "", "card=y") == [
        ("slow", ()),
        ("error", ()),
    ]


def test_of_signals_on_the_same_page_views_the_rarer_is_a_symptom_of_the_other() -> None:
    assert folded(scan(("card=x", SLOW | ERROR, 10), ("card=x", ERROR, 1)), "card=x", "card=x") == [
        ("error", ("slow",))
    ]
