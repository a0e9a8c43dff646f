"""What a Problem page shows: the figures of affected against unaffected visits behind one problem."""

from collections import defaultdict
from math import ceil
from typing import Literal

import msgspec

from afterclick.impact import Signal
from afterclick.measure import FELT, usual
from afterclick.resolve import server
from afterclick.resolve.arrivals import bit, keys, over_arrivals
from afterclick.resolve.problem import Problem
from afterclick.resolve.proportion import wilson
from afterclick.resolve.segment import dimension
from afterclick.store.engine.query import Parameter, Reader, Statement, statements
from afterclick.store.scope import Scope

_SQL = over_arrivals("evidence.sql")
_TRACES = statements("afterclick.resolve", "traces.sql")

BINS = 24
LEAST = 5
"""Arrivals below which a value is left out of a breakdown."""
_MEASURES: dict[str, tuple[str, Literal["ms", "count"], float]] = {
    "request": ("slowest request", "ms", FELT.request_ms),
    "lcp": ("largest contentful paint", "ms", FELT.lcp_ms),
    "inp": ("interaction to next paint", "ms", FELT.inp_ms),
    "resource": ("slowest script, image or style", "ms", FELT.resource_ms),
    "error": ("errors and failed requests", "count", 1),
    "struggle": ("struggles", "count", 1),
}
_WIDTHS = tuple(minutes * 60_000 for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440))
_BUCKETS = 96

Outcome = Literal["ordered", "went on", "left"]


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of the histogram: arrivals whose felt measure lies in [low, high), in `Distribution.unit`."""

    low: float
    high: float
    affected: int
    unaffected: int


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """The felt measure behind the signal, affected against unaffected; `limit` is where the signal begins.

    Medians are None where there is nothing to take one of.
    """

    measure: str
    unit: Literal["ms", "count"]
    limit: float
    bins: tuple[Bin, ...]
    n_affected: int
    n_unaffected: int
    median_affected: float | None
    median_unaffected: float | None


class Proportion(msgspec.Struct, frozen=True, kw_only=True):
    """`hits` of `n` with the 95 % Wilson interval; `value`, `low` and `high` are None when n is 0."""

    label: str
    hits: int
    n: int
    value: float | None
    low: float | None
    high: float | None


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """One time bucket: `exposed` of `arrivals` at the step in the segment, from `time` (UTC ms) for `width` ms."""

    time: int
    width: int
    arrivals: int
    exposed: int


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """Exposed share of arrivals since the onset for each value of one dimension, most exposed first."""

    dimension: str
    values: tuple[Proportion, ...]


class ExampleVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One affected visit worth opening; `felt` is its measure in the distribution's unit."""

    session_id: str
    page_view_id: str
    time: int
    felt: float
    outcome: Outcome
    device_class: str
    country: str
    rating: float | None
    trace_id: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Everything under one Problem's first sentence. `journey` holds affected then unaffected: who goes on.

    Of a problem at a `service` arrivals are requests; what only visits can tell is empty.
    """

    step: str
    service: str = ""
    signal: Signal
    distribution: Distribution | None = None
    journey: tuple[Proportion, ...] = ()
    exposure: tuple[Exposure, ...]
    breakdowns: tuple[Breakdown, ...]
    samples: tuple[ExampleVisit, ...]


class _Typical(msgspec.Struct):
    slow_by: str
    next: str


class _Party(msgspec.Struct):
    affected: bool
    n: int
    median: float = 0.0
    top: float = 0.0
    hits: int = 0


class _Bin(msgspec.Struct):
    bin: int
    affected_n: int
    unaffected_n: int


class _Value(msgspec.Struct):
    key: str
    n: int
    hits: int


def evidence(reader: Reader, scope: Scope, problem: Problem) -> Evidence:
    """Read what stands behind a problem, from its onset until it was last seen or closed. Blocks."""
    until = max(problem.closed or problem.last_seen, problem.onset + 1)
    if problem.service:
        return _at_server(reader, scope, problem, until)
    bound: dict[str, Parameter] = {
        "since": problem.onset,
        "until": until,
        "step": problem.step,
        "segment": keys(problem.segment),
        "bit": bit(problem.signal),
        **usual.bound({problem.step: problem.limits}),
    }
    typical = reader.rows(scope, _SQL["felt_by"], _Typical, bound)[0]
    measure = _measure(problem, typical)
    return Evidence(
        step=problem.step,
        signal=problem.signal,
        distribution=_distribution(reader, scope, bound, measure, _own_limit(problem)),
        journey=_journey(reader, scope, bound, typical.next),
        exposure=_exposure(reader, scope, _SQL["exposure"], bound, problem.onset, until),
        breakdowns=_breakdowns(reader, scope, _SQL["breakdown"], bound),
        samples=_samples(reader, scope, bound, measure),
    )


def _measure(problem: Problem, typical: _Typical) -> str:
    if problem.signal == "slower":
        return problem.wait.measure if problem.wait else "request"
    return (typical.slow_by or "request") if problem.signal == "slow" else problem.signal


def _own_limit(problem: Problem) -> float | None:
    """Where the step's own signal begins, for the device class of the segment, or the most frequent one."""
    if not problem.limits or not problem.wait:
        return None
    wanted = problem.segment.get("device_class")
    one = next((one for one in problem.limits if one.device_class == wanted), problem.limits[0])
    return one.lcp_ms if problem.wait.measure == "lcp" else one.request_ms


def _at_server(reader: Reader, scope: Scope, problem: Problem, until: int) -> Evidence:
    of = server.bound(problem.service, problem.segment, problem.signal)
    window: dict[str, Parameter] = {"since": problem.onset, "until": until}
    return Evidence(
        step="",
        service=problem.service,
        signal=problem.signal,
        exposure=_exposure(reader, scope, server.EXPOSURE, {**of, **window}, problem.onset, until),
        breakdowns=_breakdowns(reader, scope, server.ROUTES, {**of, **window}),
        samples=(),
    )


def _distribution(
    reader: Reader, scope: Scope, bound: dict[str, Parameter], measure: str, own: float | None
) -> Distribution:
    name, unit, defined = _MEASURES[measure]
    limit = own or defined
    parties = {
        party.affected: party
        for party in reader.rows(scope, _SQL["spread"], _Party, bound | {"measure": measure})
    }
    top = max([limit * 1.2, *(party.top for party in parties.values())])
    width = 1.0 if unit == "count" else _rounded(top / BINS)
    last = ceil(top / width)
    rows = reader.rows(scope, _SQL["bins"], _Bin, bound | {"measure": measure, "width": width, "last": last})
    counts = {row.bin: row for row in rows}
    empty = _Bin(0, 0, 0)
    affected, others = parties.get(True), parties.get(False)
    return Distribution(
        measure=name,
        unit=unit,
        limit=limit,
        bins=tuple(
            Bin(
                low=i * width,
                high=(i + 1) * width,
                affected=counts.get(i, empty).affected_n,
                unaffected=counts.get(i, empty).unaffected_n,
            )
            for i in range(last + 1)
        ),
        n_affected=affected.n if affected else 0,
        n_unaffected=others.n if others else 0,
        median_affected=affected.median if affected else None,
        median_unaffected=others.median if others else None,
    )


def _rounded(width: float) -> float:
    """The next width of 10, 20, 50, 100 … ms."""
    size = 10.0
    while True:
        for part in (1, 2, 5):
            if part * size >= width:
                return part * size
        size *= 10


def _journey(
    reader: Reader, scope: Scope, bound: dict[str, Parameter], following: str
) -> tuple[Proportion, Proportion]:
    rows = {
        row.affected: row for row in reader.rows(scope, _SQL["journey"], _Party, bound | {"next": following})
    }
    affected, others = (rows.get(side, _Party(side, 0)) for side in (True, False))
    onward = f"on to {following}" if following else "on to another step"
    return (
        proportion(f"affected, {onward}", affected.hits, affected.n),
        proportion(f"unaffected, {onward}", others.hits, others.n),
    )


def _exposure(
    reader: Reader, scope: Scope, counts: Statement, bound: dict[str, Parameter], onset: int, until: int
) -> tuple[Exposure, ...]:
    lead = min(max(until - onset, 3_600_000), 2 * 86_400_000)
    since = onset - lead
    width = next((one for one in _WIDTHS if (until - since) / one <= _BUCKETS), _WIDTHS[-1])
    rows = reader.rows(scope, counts, Exposure, bound | {"since": since // width * width, "width": width})
    found = {row.time: row for row in rows}
    return tuple(
        found.get(time, Exposure(time=time, width=width, arrivals=0, exposed=0))
        for time in range(since // width * width, until, width)
    )


def _breakdowns(
    reader: Reader, scope: Scope, counts: Statement, bound: dict[str, Parameter]
) -> tuple[Breakdown, ...]:
    values: dict[str, list[Proportion]] = defaultdict(list)
    for row in reader.rows(scope, counts, _Value, bound | {"least": LEAST}):
        values[dimension(row.key)].append(proportion(row.key.partition("=")[2], row.hits, row.n))
    told = [
        Breakdown(dimension=name, values=tuple(found)) for name, found in values.items() if len(found) > 1
    ]
    return tuple(sorted(told, key=_apart, reverse=True))


def _apart(breakdown: Breakdown) -> float:
    """How far apart the values surely are: the highest lower end less the lowest upper end."""
    return max(one.low or 0.0 for one in breakdown.values) - min(one.high or 0.0 for one in breakdown.values)


def _samples(
    reader: Reader, scope: Scope, bound: dict[str, Parameter], measure: str
) -> tuple[ExampleVisit, ...]:
    """Visits in turn by outcome, so that the first few already show that it went more than one way."""
    by_outcome: dict[str, list[ExampleVisit]] = defaultdict(list)
    found = reader.rows(scope, _SQL["samples"], ExampleVisit, bound | {"measure": measure})
    for row in _with_page_traces(reader, scope, bound, found):
        by_outcome[row.outcome].append(row)
    ranked = sorted(
        (
            (place, order, one)
            for order, name in enumerate(("left", "went on", "ordered"))
            for place, one in enumerate(by_outcome[name])
        ),
        key=lambda entry: entry[:2],
    )
    return tuple(one for _, _, one in ranked)


class _PageTrace(msgspec.Struct, frozen=True):
    page_view_id: str
    trace_id: str


def _with_page_traces(
    reader: Reader, scope: Scope, bound: dict[str, Parameter], found: list[ExampleVisit]
) -> list[ExampleVisit]:
    """The visits, those whose requests carried no trace with that of the page itself."""
    lacking = [one for one in found if not one.trace_id]
    if not lacking:
        return found
    asked: dict[str, Parameter] = {
        "since": bound["since"],
        "visits": [one.session_id for one in lacking],
        "page_views": [one.page_view_id for one in lacking],
    }
    traces = {
        row.page_view_id: row.trace_id
        for row in reader.rows(scope, _TRACES["page_traces"], _PageTrace, asked)
    }
    return [
        one if one.trace_id else msgspec.structs.replace(one, trace_id=traces.get(one.page_view_id, ""))
        for one in found
    ]


def proportion(label: str, hits: int, n: int) -> Proportion:
    """`hits` of `n` as a share with its Wilson interval."""
    if not n:
        return Proportion(label=label, hits=hits, n=n, value=None, low=None, high=None)
    low, high = wilson(hits, n)
    return Proportion(label=label, hits=hits, n=n, value=hits / n, low=low, high=high)
