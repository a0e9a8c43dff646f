"""Requests that fail or are slow at a service and that no page tells of: found and explained by spans alone.

So a page that the server answers without our script, and a service without any browser, have problems too. A service
stands where a step does, its routes where segments do; the rest is as for arrivals. What page views know of is left to
them, or it would be told twice; so is a page view that was only joined from the server's span, once its step has a
problem.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import msgspec
import numpy as np

from afterclick.impact import Estimate, Signal
from afterclick.measure import FELT
from afterclick.resolve.arrivals import bit
from afterclick.resolve.candidate import Candidate, Segment
from afterclick.resolve.cause import Cause
from afterclick.resolve.detect import LEAST_EXPOSED, findings, onset_within
from afterclick.resolve.fold import Finding
from afterclick.resolve.proportion import wilson
from afterclick.resolve.scan import DAY, MINUTE, StepScan, bucketed, by_step, grid, rows_of
from afterclick.resolve.suspect import Operation, Suspect, Traces
from afterclick.store.engine.query import Parameter, Reader, Statement, named, statements
from afterclick.store.scope import Scope

LATELY = DAY
"""A service is looked at while it had bad requests within this time."""
KNOWN = MINUTE
"""Page views have told of their requests by then: what is younger is not looked at yet."""
SAMPLE = 300
TOLD_BY = "server"
"""The `source` of a page view that the server told of, not the page."""
ROUTE = "route"

UNPRICED = Estimate(
    status="unknown",
    reason="No page tells of these requests, so there are no visits to compare.",
)
"""A price is not made up from requests: who sent them, and what they would have bought, nobody has told."""

_TEXTS = named("afterclick.resolve", "server.sql")
_TRACES = statements("afterclick.resolve", "traces.sql")
_LIMITS: dict[str, Parameter] = {"slow_ms": FELT.request_ms}
_UNKNOWN = {"known": "told", "unknown": "unknown"}
_UNTOLD = {"told": "told", "known": "told_by_pages", "unknown": "unknown"}
_COUNTED = {**_UNTOLD, "counted": "counted"}
"""Tables of a read, each with the name of its text: what counts as known, what is not, and all requests."""
_TABLES = {name: Statement(name, _TEXTS[name]) for name in _COUNTED.values()}


def _over(name: str, sql: str, tables: Mapping[str, str]) -> Statement:
    read = ",\n".join(f"{table} AS (\n{_TABLES[text].sql}\n)" for table, text in tables.items())
    return Statement(name, f"WITH {read}\n{sql}" if read else sql)


def over_unknown(name: str, sql: str) -> Statement:
    """A read over `unknown`, the bad requests that no page view knows of; binds what that does."""
    return _over(name, sql, _UNKNOWN)


def _of(name: str, tables: Mapping[str, str]) -> Statement:
    return _over(name, _TEXTS[name], tables)


_SERVICES, _SAMPLE = _of("services", {}), _of("sample", _UNTOLD)
_FAILURES = _of("unknown_failures", _UNKNOWN)
_SCAN, _AROUND = bucketed(_of("scan", _COUNTED)), _of("around", _COUNTED)
EXPOSURE, ROUTES = _of("exposure", _COUNTED), _of("routes", _COUNTED)
"""What evidence is read by; each is bound to what `bound` says and a window."""


class _Service(msgspec.Struct):
    service: str


class _Bad(msgspec.Struct):
    trace_id: str
    operation: str
    http_status: int
    exception: str
    duration_ms: float


class RouteFailures(msgspec.Struct, frozen=True):
    """How many requests of one route of a service failed that no page view knows of, with the status of most."""

    service: str
    operation: str
    failed: int
    http_status: int


def unknown_failures(reader: Reader, scope: Scope, since: int, until: int, now: int) -> list[RouteFailures]:
    """The failed requests of [since, until) (UTC ms) that no page view knows of, by route, most first. Blocks.

    Without the newest, of which a page view may still tell.
    """
    window: dict[str, Parameter] = {"since": since, "until": min(until, now - KNOWN), "services": []}
    return reader.rows(scope, _FAILURES, RouteFailures, {**_LIMITS, **window})


def detect_at_servers(
    reader: Reader, scope: Scope, now: int, at_steps: Sequence[str] = ()
) -> list[Candidate]:
    """Every excess of bad requests that no page tells of, at services or routes of them, as of `now` (UTC ms).

    Page views that the server told of are told at the steps `at_steps`, where failing is a problem already.
    """
    until = (now - KNOWN) // MINUTE * MINUTE
    lately = {"lately": until - LATELY, "until": until, "least_exposed": LEAST_EXPOSED}
    services = [one.service for one in reader.rows(scope, _SERVICES, _Service, {**_LIMITS, **lately})]
    if not services:
        return []
    buckets = grid(until)
    told = _told(at_steps)
    table = reader.arrow(scope, _SCAN, {**_LIMITS, **told, **buckets.bound, "services": services})
    scans = by_step(rows_of(table), buckets)
    return [
        _placed(reader, scope, finding, told)
        for one in scans
        for finding in findings(one, len(scans), partial(_without, one), lambda finding, _: finding)
    ]


def _without(step: StepScan, segments: tuple[Segment, ...]) -> StepScan:
    """The service without some routes: a request is of one route only."""
    gone = [step.keys.index(f"{ROUTE}={one[ROUTE]}") for one in segments]
    views = step.views.copy()
    views[0] -= views[gone].sum(axis=0)
    kept = [index for index in range(len(step.keys)) if index not in gone]
    return replace(step, keys=tuple(step.keys[index] for index in kept), views=np.maximum(views[kept], 0))


def bound(service: str, segment: Segment, signal: Signal) -> dict[str, Parameter]:
    """What names the requests in question: of one service, of one route or all, and the signal that they met."""
    return {**_LIMITS, **_told(), "services": [service], "route": segment.get(ROUTE, ""), "bit": bit(signal)}


def _told(at_steps: Sequence[str] = ()) -> dict[str, Parameter]:
    return {"told_by": TOLD_BY, "at_steps": list(at_steps)}


def _placed(reader: Reader, scope: Scope, finding: Finding, told: Mapping[str, Parameter]) -> Candidate:
    service = finding.scan.step
    of = {**bound(service, finding.segment, finding.signal), **told}
    low, high = finding.around
    table = reader.arrow(scope, _AROUND, {**of, "since": low, "until": high})
    onset, onset_low, onset_high = onset_within(table, finding, MINUTE)
    since = reader.arrow(scope, _AROUND, {**of, "since": onset, "until": max(finding.until, onset + 1)})
    requests, bad = (int(np.asarray(since[name]).sum()) for name in ("views", "exposed"))
    return Candidate(
        step="",
        service=service,
        signal=finding.signal,
        segment=finding.segment,
        onset=onset,
        onset_low=onset_low,
        onset_high=onset_high,
        until=finding.until,
        ended=finding.ended,
        arrivals=requests,
        exposed=bad,
        came=int(max(since["bucket"].to_numpy(), default=onset)),
        baseline=finding.baseline,
        before=finding.before,
        expected=requests * finding.baseline,
        evidence=finding.score,
        symptoms=finding.symptoms,
    )


def explain_at_server(reader: Reader, scope: Scope, candidate: Candidate) -> Cause:
    """Where in the traces the errors began, or the time went, with the exception and status of most requests."""
    of = bound(candidate.service, candidate.segment, candidate.signal)
    window = {"since": candidate.onset, "until": max(candidate.until, candidate.onset + 1)}
    found = reader.rows(scope, _SAMPLE, _Bad, {**of, **window, "sample": SAMPLE})
    if not found:
        return Cause(kind="unknown")
    linked = {
        "since": candidate.onset - MINUTE,
        "until": candidate.until + 10 * MINUTE,
        "traces": sorted({one.trace_id for one in found}),
    }
    operations = reader.rows(scope, _TRACES["operations"], Operation, linked)
    traces = Traces({}, {})
    for one in operations:
        traces.by_trace.setdefault(one.trace_id, []).append(one)
    failed = candidate.signal == "error"
    pointed = Counter(traces.suspect(one.trace_id, one.duration_ms, failed) for one in found)
    pointed.pop(None, None)
    if not pointed:
        return Cause(kind="unknown", n=len(found))
    (suspect, n), *rivals = pointed.most_common(4)
    assert suspect is not None  # noqa: S101 - None was taken out
    return _named(suspect, n, found, failed, tuple(_words(one) for one, _ in rivals if one))


def _named(suspect: Suspect, n: int, found: list[_Bad], failed: bool, rivals: tuple[str, ...]) -> Cause:
    exception = Counter(one.exception for one in found).most_common(1)[0][0]
    status = Counter(one.http_status for one in found).most_common(1)[0][0]
    told = [f"`{exception}`"] * bool(exception) + [f"status {status}"] * bool(status)
    verb = f"fails with {' and '.join(told)}" if told else "fails"
    low, high = wilson(n, len(found))
    return Cause(
        kind="service",
        service=suspect.service,
        operation=suspect.operation,
        peer=suspect.peer,
        exception=exception if failed else "",
        http_status=status,
        explained=n / len(found),
        explained_low=low,
        explained_high=high,
        n=len(found),
        sentence=f"{_words(suspect)} {verb if failed else 'takes most of the time'}",
        rivals=rivals,
    )


def _words(one: Suspect) -> str:
    return f"`{one.service} → {one.peer}`" if one.peer else f"`{one.operation}` in `{one.service}`"
