"""Keeps one trouble that goes on from filling the log: a full disk says so a few times a minute, not ten a second."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import structlog
from structlog.typing import EventDict, WrappedLogger

PERIOD_S = 60.0
MOST = 5
"""Warnings of the same words that are said in a period."""
EACH_TIME = frozenset({"refused"})
"""Words whose every time counts: who was refused what."""
_REMEMBERED = 256


class Repetition:
    """Drops warnings that were said `MOST` times in the period; the next one tells how many, as `unsaid`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._said: OrderedDict[tuple[object, object], tuple[float, int]] = OrderedDict()

    def processor(self, _: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """For structlog; raises DropEvent for what is left unsaid."""
        if method != "warning" or event.get("event") in EACH_TIME:
            return event
        key, now = (event.get("logger"), event.get("event")), self._clock()
        with self._lock:
            since, times = self._said.get(key, (now, 0))
            unsaid = 0
            if now - since >= PERIOD_S:
                since, times, unsaid = now, 0, max(times - MOST, 0)
            self._said[key] = since, times + 1
            if len(self._said) > _REMEMBERED:
                self._said.popitem(last=False)
        if times >= MOST:
            raise structlog.DropEvent
        if unsaid:
            event["unsaid"] = unsaid
        return event
