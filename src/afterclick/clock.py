"""Time: UTC milliseconds since 1970, behind one call so that tests can hold it still."""

import time
from collections.abc import Callable

Clock = Callable[[], int]


def now_ms() -> int:
    """Wall-clock UTC in milliseconds since 1970-01-01."""
    return time.time_ns() // 1_000_000
