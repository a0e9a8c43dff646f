"""The latest warnings and errors of this process, for the System page: bounded, repeated ones counted."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from afterclick.clock import Clock, now_ms

_KEPT = 200
_DAY = 86_400_000
_WORTH = {"warning", "error", "critical"}
_DETAIL = 300


@dataclass(frozen=True)
class Said:
    """A line that was said `times` times, from `first` to `last` (UTC ms); `detail` is that of the last time."""

    level: str
    logger: str
    event: str
    detail: str
    times: int
    first: int
    last: int


class Recent:
    """Safe to use from any thread."""

    def __init__(self, clock: Clock = now_ms) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._said: OrderedDict[tuple[str, str, str], Said] = OrderedDict()

    def processor(self, _: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        """The structlog processor; comes after redaction."""
        if event.get("level") in _WORTH:
            self._remember(
                str(event["level"]), str(event.get("logger", "")), str(event.get("event", "")), _detail(event)
            )
        return event

    def lines(self) -> list[Said]:
        """Those of the last day, newest first."""
        since = self._clock() - _DAY
        with self._lock:
            return [said for said in reversed(self._said.values()) if said.last >= since]

    def _remember(self, level: str, logger: str, event: str, detail: str) -> None:
        now, name = self._clock(), (level, logger, event[:_DETAIL])
        with self._lock:
            known = self._said.pop(name, None)
            self._said[name] = (
                replace(known, times=known.times + 1, last=now, detail=detail)
                if known
                else Said(*name, detail, 1, now, now)
            )
            if len(self._said) > _KEPT:
                self._said.popitem(last=False)


def _detail(event: Mapping[str, Any]) -> str:
    """The exception's own line, else the fields."""
    if exception := str(event.get("exception", "")).strip():
        return exception.splitlines()[-1][:_DETAIL]
    rest = event.keys() - {"event", "level", "logger", "timestamp"}
    return ", ".join(f"{name}: {event[name]}" for name in sorted(rest))[:_DETAIL]
