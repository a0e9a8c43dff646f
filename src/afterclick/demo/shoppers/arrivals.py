"""When people come to the shop: at random, at a mean rate, each without regard to the others."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np

_LOOK_EVERY_S = 2.0


async def arrivals(
    rng: np.random.Generator,
    per_second: float,
    stop: Callable[[], bool],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """Yields whenever somebody comes, until `stop()` says so, which is asked every two seconds; at a rate of 0 nobody
    comes.
    """

    def gap() -> float:
        return float(rng.exponential(1 / per_second)) if per_second > 0 else math.inf

    due = clock() + gap()
    while not stop():
        left = due - clock()
        if left > 0:
            await sleep(min(left, _LOOK_EVERY_S))
        else:
            yield
            due += gap()
