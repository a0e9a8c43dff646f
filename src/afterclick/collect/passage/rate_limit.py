"""The rate limit: whether a key or an address sends too fast."""

import time
from collections import OrderedDict
from collections.abc import Callable

from afterclick.errors import TooMany

_REMEMBERED = 4096


class Limiter:
    """A token bucket for each of `whom`, a key or an address: `rate` rows a second over time, `burst` seconds' worth at
    once; 0 means no limit.

    Rows are known only after decoding, so a request may overdraw the bucket; the next one then waits.
    """

    def __init__(
        self, rate: int, clock: Callable[[], float] = time.monotonic, whom: str = "key", burst: float = 10.0
    ) -> None:
        self._whom = whom
        self._burst = burst
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Raises TooMany while this bucket is overdrawn, with the seconds until it is not."""
        left = self._left(key) if self._rate else 0.0
        if left < 0:
            seconds = int(-left / self._rate) + 1
            raise TooMany(
                f"This {self._whom} may send {self._rate} rows a second; wait {seconds} s.", seconds
            )

    def charge(self, key: str, rows: int) -> None:
        """Take rows out of the key's bucket."""
        if not self._rate:
            return
        self._buckets[key] = (self._left(key) - rows, self._clock())
        self._buckets.move_to_end(key)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)

    def _left(self, key: str) -> float:
        full = self._rate * self._burst
        if key not in self._buckets:
            return full
        left, at = self._buckets[key]
        return min(full, left + (self._clock() - at) * self._rate)
