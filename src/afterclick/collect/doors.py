"""Which door a request comes to: one a protocol, found by its path."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from afterclick.collect.event import door as events
from afterclick.collect.faro import door as faro
from afterclick.collect.hooks import door as hooks
from afterclick.collect.imports import door as imports
from afterclick.collect.otlp.logs import door as logs
from afterclick.collect.otlp.samples import door as samples_door
from afterclick.collect.otlp.spans import door as traces
from afterclick.collect.passage.passage import Answer, Passage, Steps
from afterclick.collect.segment import door as segment
from afterclick.collect.segment import settings as segment_settings
from afterclick.collect.sentry import door as sentry
from afterclick.errors import AfterclickError


@dataclass(frozen=True, eq=False)
class Door:
    """One protocol: its name in counts, its steps, and how it answers."""

    name: str
    steps: Steps
    answer: Callable[[Passage], Answer]
    refuse: Callable[[Passage, AfterclickError], Answer]
    method: str = "POST"


_SEGMENT = Door("segment", segment.STEPS, segment.answer, segment.refuse)
_AT: dict[str, Door] = {
    "/v1/events": Door("events", events.STEPS, events.answer, events.refuse),
    "/v1/traces": Door("traces", traces.STEPS, traces.answer, traces.refuse),
    "/v1/metrics": Door("metrics", samples_door.STEPS, samples_door.answer, samples_door.refuse),
    "/v1/logs": Door("logs", logs.STEPS, logs.answer, logs.refuse),
    "/v1/import": Door("import", imports.STEPS, imports.answer, imports.refuse),
    **dict.fromkeys(segment.PATHS, _SEGMENT),
}
_LIKE: tuple[tuple[re.Pattern[str], Door], ...] = (
    (re.compile(r"/collect(/[^/]*/?)?"), Door("faro", faro.STEPS, faro.answer, faro.refuse)),
    (re.compile(r"/api/[^/]+/envelope/?"), Door("sentry", sentry.STEPS, sentry.answer, sentry.refuse)),
    (re.compile(r"/hooks/[^/]*/?"), Door("hooks", hooks.STEPS, hooks.answer, hooks.refuse)),
    (
        segment_settings.PATH,
        Door("segment", segment_settings.STEPS, segment_settings.answer, segment_settings.refuse, "GET"),
    ),
)
"""Paths with a key, a project or a source in them."""


def door_at(path: str) -> Door | None:
    """The door at a path, None where there is none."""
    return _AT.get(path) or next((door for like, door in _LIKE if like.fullmatch(path)), None)
