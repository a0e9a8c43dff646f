"""How often people come to the demo's shop, on a clock of the test's own."""

import asyncio

import numpy as np
import pytest

from afterclick.demo.shoppers.arrivals import arrivals


class Clock:
    """Time that passes only while somebody sleeps; `longest` is the longest sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self.longest = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.longest = max(self.longest, seconds)


async def came(rate: float, seconds: float, clock: Clock) -> int:
    count = 0
    async for _ in arrivals(np.random.default_rng(7), rate, lambda: clock.now >= seconds, clock, clock.sleep):
        count += 1
    return count


@pytest.mark.parametrize("rate", [0.01, 0.2, 5.0])
def test_people_come_at_the_rate_that_was_asked_for_however_low(rate: float) -> None:
    expected = 2_000
    count = asyncio.run(came(rate, expected / rate, Clock()))
    assert abs(count - expected) < 4 * expected**0.5


def test_at_a_rate_of_nothing_nobody_comes_and_the_end_is_noticed_within_two_seconds() -> None:
    clock = Clock()
    assert asyncio.run(came(0.0, 60, clock)) == 0
    assert clock.now < 62.1
    assert clock.longest <= 2.0
