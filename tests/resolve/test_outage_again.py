"""An outage that follows another: the first makes the share look as if it wandered, and must not hide the second."""

import numpy as np
import pytest

from afterclick.resolve.arrivals import bit
from afterclick.resolve.detect import findings
from afterclick.resolve.excess import Numbers
from afterclick.resolve.scan import CODES, DAY, HOUR, MINUTE, Grid, StepScan, grid

NOW = 1_781_000_000_000


def put(views: Numbers, buckets: Grid, since: int, until: int, arrivals: int, failed: int) -> None:
    """Arrivals of one key at seeded moments, of which the first to be drawn failed."""
    moments = np.random.default_rng(1).uniform(since, until, arrivals)
    at = np.searchsorted(buckets.starts, moments, side="right") - 1
    for bucket in at[:failed].tolist():
        views[bucket, bit("error")] += 1
    for bucket in at[failed:].tolist():
        views[bucket, 0] += 1


@pytest.mark.parametrize("usual", [60, 120, 200, 300])
@pytest.mark.parametrize(("came", "failing"), [(60, 20), (160, 67)])
def test_a_segment_that_fails_wholly_is_found_whatever_a_few_hours_of_the_day_before_were_like(
    usual: int, came: int, failing: int
) -> None:
    buckets = grid(NOW)
    amex, others = (np.zeros((len(buckets.starts), CODES)) for _ in range(2))
    since, until = NOW - 13 * DAY, NOW - 22 * HOUR
    put(amex, buckets, since, until, usual, 10)
    put(others, buckets, since, until, 1000 - usual, 0)
    put(amex, buckets, NOW - 20 * HOUR, NOW - 20 * HOUR + 5 * MINUTE, 8, 8)
    put(others, buckets, NOW - 20 * HOUR, NOW - 20 * HOUR + 5 * MINUTE, 2, 0)
    put(amex, buckets, NOW - 12 * MINUTE, NOW - MINUTE, failing, failing)
    put(others, buckets, NOW - 12 * MINUTE, NOW - MINUTE, came - failing, 0)
    step = StepScan("payment", ("", "card=amex"), np.stack([amex + others, amex]), buckets)

    def rest(_: object) -> StepScan:
        return StepScan("payment", ("",), others[None], buckets)

    (found,) = findings(step, 3, rest, lambda finding, _: finding)
    assert (found.signal, found.ended) == ("error", None)
    assert found.segment in ({"card": "amex"}, {})  # where few others came, everyone may fit as well
