"""Whether the onset that is told, and its interval, hold the true one: after a quiet night too, with a stray error."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from afterclick.resolve.arrivals import bit
from afterclick.resolve.detect import findings, onset_within
from afterclick.resolve.fold import Finding
from afterclick.resolve.scan import CODES, DAY, HOUR, MINUTE, StepScan, grid

DAWN = 1_781_000_000_000 // DAY * DAY + 8 * HOUR
FAULT = 12 * HOUR


@dataclass(frozen=True)
class Arrivals:
    """When they came, UTC ms, and which of them met an error."""

    at: NDArray[np.int64]
    failed: NDArray[np.bool_]

    def before(self, until: int, since: int = 0) -> "Arrivals":
        told = (self.at >= since) & (self.at < until)
        return Arrivals(self.at[told], self.failed[told])


def seeded(seed: int, began: int) -> Arrivals:
    """Three days before the fault and two from then on: some 35 an hour by day and 4 by night, of which 0.4 % fail, and
    35 % during the fault.
    """
    rng = np.random.default_rng(seed)
    hours = np.arange(began // HOUR - 72, began // HOUR + 48) * HOUR
    usual = np.clip(20 + 18 * np.sin((hours / HOUR % 24 - 9) / 24 * 2 * np.pi), 4, None)
    at = np.repeat(hours, rng.poisson(usual))
    at = np.sort(at + rng.integers(0, HOUR, len(at)))
    share = np.where((at >= began) & (at < began + FAULT), 0.35, 0.004)
    return Arrivals(at, rng.random(len(at)) < share)


def found(arrivals: Arrivals, now: int) -> Finding | None:
    """What detection says of the arrivals at `now`."""
    buckets, seen = grid(now), arrivals.before(now)
    place = np.searchsorted(buckets.starts, seen.at, side="right") - 1
    views = np.zeros((1, len(buckets.starts), CODES))
    np.add.at(views[0], (place, np.where(seen.failed, bit("error"), 0)), 1)
    told = findings(StepScan("pay", ("",), views, buckets), 1, lambda _: None, lambda finding, _: finding)
    return told[0] if told else None


def placed(arrivals: Arrivals, finding: Finding) -> tuple[int, int, int]:
    """The onset and its interval by the minute, as the store would count the arrivals around it."""
    since, until = finding.around
    near = arrivals.before(until, since)
    bucket, of = np.unique(near.at // MINUTE * MINUTE, return_inverse=True)
    counts = [bucket, np.bincount(of), np.bincount(of, near.failed)]
    table = pa.table([pa.array(one) for one in counts], names=["bucket", "views", "exposed"])
    return onset_within(table, finding, MINUTE)


@pytest.mark.parametrize("after", [4 * HOUR, 8 * HOUR, 20 * HOUR, 34 * HOUR])
def test_the_interval_holds_the_onset_as_often_as_it_says_while_it_lasts_and_long_after_its_end(
    after: int,
) -> None:
    held: list[bool] = []
    for seed in range(60):
        began = DAWN + seed * 23 * MINUTE
        arrivals = seeded(seed, began)
        if finding := found(arrivals, began + after):
            onset, low, high = placed(arrivals, finding)
            assert low <= onset <= high
            held.append(low <= began <= high)
    assert len(held) >= 40
    assert sum(held) >= 0.9 * len(held)


@pytest.mark.parametrize("after", [6 * HOUR, 11 * HOUR, 34 * HOUR])
@pytest.mark.parametrize("stray", [3, 6, 11])
def test_a_stray_error_in_the_night_before_is_not_when_it_began(stray: int, after: int) -> None:
    off: list[int] = []
    held: list[bool] = []
    for seed in range(12):
        usual = seeded(seed, DAWN)
        failed = usual.failed & (usual.at >= DAWN) & (usual.at < DAWN + FAULT)
        failed[np.searchsorted(usual.at, DAWN - stray * HOUR)] = True
        arrivals = Arrivals(usual.at, failed)
        if finding := found(arrivals, DAWN + after):
            onset, low, high = placed(arrivals, finding)
            off.append(abs(onset - DAWN))
            held.append(low <= DAWN <= high)
    assert len(off) >= 10
    assert np.median(off) < 20 * MINUTE
    assert sum(held) >= len(held) - 1
