"""The service map: who calls whom, laid out left to right along the calls, with the culprit marked."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from afterclick.resolve.cause import Cause, Comparison
from afterclick.store.engine.query import Reader
from afterclick.store.rollups.calls import over_calls
from afterclick.store.scope import Scope
from afterclick.words import figures

_SQL = over_calls("afterclick.pages.problem", "service_map.sql")
_COLUMN, _ROW, _WIDTH, _HEIGHT, _MARGIN = 216, 84, 132, 44, 8
UNKNOWN = Cause(kind="unknown")
_LIFT = 64  # of a call that passes over a column


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Calls from one service to another, since a moment and in the stretch before; `ms` are sums of durations.

    `environment` is where they ran, such as "production"; empty when nobody says.
    """

    environment: str = ""
    caller: str
    callee: str
    calls_now: int
    errors_now: int
    ms_now: float
    calls_before: int
    errors_before: int
    ms_before: float


@dataclass(frozen=True)
class Node:
    """A service in its place (pixels of the drawing)."""

    name: str
    x: int
    y: int
    width: int
    height: int
    culprit: bool


@dataclass(frozen=True)
class Edge:
    """A call in its place: a path, its mean time, and where to write it.

    Of the culprit's call it is the time among the affected, and `against` that among the unaffected, where both are
    known.
    """

    caller: str
    callee: str
    path: str
    label: str
    words: str
    x: int
    y: int
    culprit: bool
    against: str = ""


@dataclass(frozen=True)
class ServiceMap:
    """The drawing of one environment, `width` by `height` pixels."""

    environment: str
    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def calls(reader: Reader, scope: Scope, since: int, until: int) -> list[Call]:
    """Calls between services from `since` to `until` (UTC ms), and in the equal stretch before."""
    parameters = {"since": since, "until": until, "before": 2 * since - until}
    return reader.rows(scope, _SQL["calls"], Call, parameters)


def service_maps(found: Sequence[Call], cause: Cause = UNKNOWN) -> tuple[ServiceMap, ...]:
    """A map for each environment, the one with the most calls first: staging's calls are not production's."""
    apart: dict[str, list[Call]] = {}
    for call in found:
        apart.setdefault(call.environment, []).append(call)
    busiest = sorted(apart.values(), key=lambda calls: -sum(call.calls_now for call in calls))
    maps = (service_map(calls, cause) for calls in busiest)
    return tuple(drawn for drawn in maps if drawn is not None)


def service_map(found: Sequence[Call], cause: Cause = UNKNOWN) -> ServiceMap | None:
    """Lay out the calls of one environment, the cause's service and its call to the peer marked; None for no calls."""
    if not found:
        return None
    columns = _columns(found)
    places = {name: (x, y) for x, column in enumerate(columns) for y, name in enumerate(column)}
    deepest = max(len(column) for column in columns)
    far = any(places[call.callee][0] - places[call.caller][0] > 1 for call in found)
    head = _LIFT if far else 0  # room for the calls that pass over a column
    tops = [head + (deepest - len(column)) * _ROW // 2 for column in columns]
    nodes = tuple(
        Node(
            name, _MARGIN + x * _COLUMN, _MARGIN + tops[x] + y * _ROW, _WIDTH, _HEIGHT, name == cause.service
        )
        for name, (x, y) in places.items()
    )
    by_name = {node.name: node for node in nodes}
    edges = tuple(
        _edge(call, by_name[call.caller], by_name[call.callee], cause)
        for call in found
        if call.caller != call.callee
    )
    width = 2 * _MARGIN + (len(columns) - 1) * _COLUMN + _WIDTH
    return ServiceMap(
        found[0].environment, width, head + 2 * _MARGIN + (deepest - 1) * _ROW + _HEIGHT, nodes, edges
    )


def _columns(found: Sequence[Call]) -> list[list[str]]:
    # Longest path from an entry, bounded by the number of services so that loops end.
    names = list(dict.fromkeys(name for call in found for name in (call.caller, call.callee)))
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for call in found:
            if call.caller != call.callee and depth[call.callee] <= depth[call.caller] < len(names) - 1:
                depth[call.callee] = depth[call.caller] + 1
    used = sorted(set(depth.values()))
    return [[name for name in names if depth[name] == level] for level in used]


def _edge(call: Call, start: Node, end: Node, cause: Cause) -> Edge:
    x1, y1 = start.x + start.width, start.y + start.height // 2
    x2, y2 = end.x, end.y + end.height // 2
    middle = (y1 + y2) // 2
    if x2 <= x1:  # a call back, or within a column: leave at the bottom, come in at the bottom
        x1, y1, x2, y2 = (
            start.x + start.width // 2,
            start.y + start.height,
            end.x + end.width // 2,
            end.y + end.height,
        )
        middle = max(y1, y2) + 30
        path = f"M{x1} {y1}C{x1} {y1 + 40} {x2} {y2 + 40} {x2} {y2}"
    else:
        bend, lift = (x1 + x2) // 2, _LIFT if end.x - start.x > _COLUMN else 0
        middle -= lift * 3 // 4  # where a cubic curve is half-way
        path = f"M{x1} {y1}C{bend} {y1 - lift} {bend} {y2 - lift} {x2} {y2}"
    label = _mean(call.ms_now, call.calls_now)
    words = (
        f"{call.caller} → {call.callee}: {figures.plural(call.calls_now, 'call')}, mean {label or 'unknown'} "
        f"(before {_mean(call.ms_before, call.calls_before) or 'unknown'}), "
        f"{figures.plural(call.errors_now, 'error')} (before {figures.count(call.errors_before)})"
    )
    culprit = _is_culprit(call, cause)
    times = _affected_times(cause) if culprit else None
    against = ""
    if times:
        label, usual = figures.milliseconds(times.affected), figures.milliseconds(times.unaffected)
        against = f"v. {usual}"
        words = (
            f"{words}; {label} among the affected (n = {times.n_affected}), "
            f"{usual} among the unaffected (n = {times.n_unaffected})"
        )
    return Edge(call.caller, call.callee, path, label, words, (x1 + x2) // 2, middle, culprit, against)


def _is_culprit(call: Call, cause: Cause) -> bool:
    """Whether it is the call to a peer that sends no spans, or one that asks the service at fault."""
    if cause.peer:
        return (call.caller, call.callee) == (cause.service, cause.peer)
    return bool(cause.service) and call.callee == cause.service


def _affected_times(cause: Cause) -> Comparison | None:
    """What the cause's call took, mean, where the trail was sampled."""
    return next((one for one in cause.evidence if one.unit == "ms"), None)


def _mean(total: float, n: int) -> str:
    return figures.milliseconds(total / n) if n else ""
