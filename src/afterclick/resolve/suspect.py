"""What one affected page view points at: an operation of a service, or a part of the page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Literal

import msgspec

from afterclick.impact import Signal
from afterclick.measure import FELT
from afterclick.measure.usual import NEVER
from afterclick.resolve.candidate import is_wait

MAIN = 0.5
"""A part is behind a wait when it takes at least this share of it."""


class View(msgspec.Struct, frozen=True):
    """One sampled page view with what could be behind its signal; durations in ms, '' and 0 where there is none."""

    id: str
    party: Literal["affected", "before", "usual"]
    route: str
    request_ms: float
    request: str
    request_failed: bool
    trace_id: str
    resource: str
    resource_source: str
    resource_ms: float
    lcp: float
    lcp_target: str
    lcp_source: str
    inp: float
    inp_target: str
    inp_source: str
    error_name: str
    error_source: str
    struggle_target: str
    request_limit: float = NEVER
    lcp_limit: float = NEVER

    @property
    def slow_request(self) -> bool:
        """Whether a request took too long, by the definition or the step's own limit where that is asked about."""
        return self.request_ms >= min(self.request_limit, FELT.request_ms)

    @property
    def slow_paint(self) -> bool:
        """The same of its largest paint."""
        return self.lcp > FELT.lcp_ms or self.lcp >= self.lcp_limit


class Operation(msgspec.Struct, frozen=True):
    """One operation's part in one trace: `own_ms` without its children, `failed` when an error began in it."""

    trace_id: str
    service: str
    operation: str
    peer: str
    own_ms: float
    failed: bool

    @property
    def suspect(self) -> "Suspect":
        """The operation as something that may be behind a problem."""
        return Suspect("service", service=self.service, operation=self.operation, peer=self.peer)


@dataclass(frozen=True, order=True)
class Suspect:
    """Something a page view points at; `measure` says what it was seen by: request, resource, lcp, inp, error …"""

    kind: Literal["service", "page"]
    service: str = ""
    operation: str = ""
    peer: str = ""
    route: str = ""
    element: str = ""
    script: str = ""
    measure: str = "request"


@dataclass(frozen=True)
class Traces:
    """The operations of each trace, and each operation's usual own time (ms, median over usual page views)."""

    by_trace: dict[str, list[Operation]]
    usual: dict[Suspect, float]

    def suspect(self, trace_id: str, took_ms: float, failed: bool) -> Suspect | None:
        """Where the error began, or which operation took most more than usual; None when none stands out."""
        operations = self.by_trace.get(trace_id, [])
        if failed:
            origin = next((one for one in operations if one.failed), None)
            if origin:
                return origin.suspect
        extra = {one.suspect: one.own_ms - self.usual.get(one.suspect, 0.0) for one in operations}
        most = max(extra, key=lambda one: extra[one], default=None)
        return most if most and extra[most] >= MAIN * took_ms else None


def traces(operations: Iterable[Operation], views: Iterable[View]) -> Traces:
    """Gather operations by trace, with what is usual among the page views that did not meet the signal."""
    by_trace: dict[str, list[Operation]] = defaultdict(list)
    for one in operations:
        by_trace[one.trace_id].append(one)
    own: dict[Suspect, list[float]] = defaultdict(list)
    for view in views:
        if view.party == "usual":
            for one in by_trace.get(view.trace_id, []):
                own[one.suspect].append(one.own_ms)
    return Traces(dict(by_trace), {suspect: median(times) for suspect, times in own.items()})


def untraced(view: View, signal: Signal, found: Traces) -> bool:
    """Whether the view's request is what it met, but its trace was not kept, so that it says nothing either way."""
    return _waited_for_request(view, signal) and view.trace_id not in found.by_trace


def suspect(view: View, signal: Signal, found: Traces) -> Suspect | None:
    """What the view points at, deepest first: a request's operation, a script or image, an element; None if nothing."""
    if _waited_for_request(view, signal):
        failed = view.request_failed and not is_wait(signal)
        return found.suspect(view.trace_id, view.request_ms, failed)
    if signal == "error":
        return Suspect("page", route=view.route, script=view.error_source.rsplit(":", 1)[0], measure="error")
    return _of_page(view) or (
        Suspect("page", route=view.route, element=view.struggle_target, measure="struggle")
        if signal == "struggle"
        else None
    )


def _waited_for_request(view: View, signal: Signal) -> bool:
    if not is_wait(signal) and view.request_failed:
        return True
    if signal == "error":
        return False
    return view.slow_request or (view.slow_paint and view.request_ms >= MAIN * view.lcp)


def _of_page(view: View) -> Suspect | None:
    picture = view.resource == "img" or view.resource_source == view.lcp_source
    held_up = view.resource_ms >= FELT.resource_ms or (
        view.slow_paint and view.resource_ms >= MAIN * view.lcp
    )
    if held_up and not picture:
        return Suspect("page", route=view.route, script=view.resource_source, measure="resource")
    if view.slow_paint:
        return Suspect("page", route=view.route, element=view.lcp_target, measure="lcp")
    if view.inp > FELT.inp_ms:
        return Suspect(
            "page", route=view.route, element=view.inp_target, script=view.inp_source, measure="inp"
        )
    if held_up:
        return Suspect("page", route=view.route, element=view.resource_source, measure="resource")
    return None
