"""Data quality: what came in, what was dropped and why, how fresh the rest is, and how far it may be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from afterclick.drops import KEPT_WITHOUT, REASONS, Fault
from afterclick.jobs import Freshness
from afterclick.journeys import LeftOut, left_out
from afterclick.resolve import RouteFailures, unknown_failures
from afterclick.store.control.taken_and_dropped import Dropped
from afterclick.store.engine.query import Reader, statements
from afterclick.store.rollups.outdated import Outdated
from afterclick.store.scope import Scope
from afterclick.visits.routes import LearnedRoute
from afterclick.web.intake import WINDOW, Health, Intake
from afterclick.words import figures, outdated, wording
from afterclick.words.sentence import Sentence, felt, sentence, strong

_SQL = statements("afterclick.pages.quality", "quality.sql")
MINUTE = 60_000
HOUR = 60 * MINUTE
_SHOWN, _NAMED = 50, 8  # routes, and names at one of them


class ClockRow(msgspec.Struct, frozen=True):
    """Events and how long after their own time they were received, ms; `ahead` by over 1 s, `late` by over 1 h."""

    events: int
    lag_p50: float
    lag_p95: float
    ahead: int
    late: int


class TraceRow(msgspec.Struct, frozen=True):
    """Requests, those with a trace id, and those whose spans have arrived."""

    requests: int
    traced: int
    linked: int


@dataclass(frozen=True)
class Check:
    """One question about the data, its answer and how to read it. `state` is ok, look or unknown."""

    name: str
    value: str
    note: str
    state: str


@dataclass(frozen=True)
class DropLine:
    """Rows dropped for one reason at one door, with the newest time it happened.

    `words` say what was wrong, `remedy` what to do, `fault` whose doing it is.
    """

    door: str
    reason: str
    words: str
    remedy: str
    fault: str
    rows: str
    share: str
    last: str


@dataclass(frozen=True)
class RouteLine:
    """A route that was learned, from what, and the line of `route_rules` that takes it back."""

    route: str
    words: str
    rule: str


@dataclass(frozen=True)
class QualityPage:
    """Everything the Data quality page shows."""

    answer: Sentence
    accepted: tuple[tuple[str, str], ...]
    drops: tuple[DropLine, ...]
    checks: tuple[Check, ...]
    routes: tuple[RouteLine, ...]
    more_routes: int


def quality(
    reader: Reader,
    scope: Scope,
    health: Health,
    freshness: Sequence[Freshness],
    older: Outdated | None,
    routes: Sequence[LearnedRoute],
    now: int,
    zone: str,
) -> QualityPage:
    """Read and word the quality of a site's data over the last day.

    `freshness` is of what jobs keep up to date, `older` of visits that carry older labels, `routes` are those that were
    learned.
    """
    intake, apart, clock, traces = measured(reader, scope, health, now)
    failures = unknown_failures(reader, scope, now - WINDOW, now, now)
    checks = (
        _freshness(intake, now),
        _queue(intake, now),
        *(_fed(fresh, now) for fresh in freshness),
        *([_older(older, now)] if older else []),
        _left_out(apart),
        _sampling(),
        _clock(clock, intake),
        _late(clock),
        _linked(traces),
        _unseen(failures),
    )
    return QualityPage(
        _answer(intake, now),
        _accepted(intake),
        _drops(intake, now, zone),
        checks,
        tuple(map(_route_line, routes[:_SHOWN])),
        max(len(routes) - _SHOWN, 0),
    )


def measured(
    reader: Reader, scope: Scope, health: Health, now: int
) -> tuple[Intake, LeftOut, ClockRow, TraceRow]:
    """What the page is worded from: intake and who was left out of the last day, clocks and traces of the last hour.

    Blocks.
    """
    hour = {"since": now - HOUR, "until": now + HOUR}
    return (
        health.intake(scope.site, now - WINDOW),
        left_out(reader, scope, now - WINDOW, now + HOUR),
        reader.rows(scope, _SQL["clock"], ClockRow, hour)[0],
        reader.rows(scope, _SQL["traces"], TraceRow, hour)[0],
    )


def _answer(intake: Intake, now: int) -> Sentence:
    taken, dropped = sum(intake.accepted.values()), _lost(intake)
    if not taken and not dropped:
        if not intake.begun:
            return sentence(
                "Nothing has been received yet; ", strong("connect your site", "/connect"), " to begin."
            )
        quiet = "Nothing was received in the last 24 hours"
        if intake.last_received is None:
            return sentence(f"{quiet}; what there is, is older.")
        return sentence(
            f"{quiet}; the newest record came ", strong(figures.ago(intake.last_received, now)), "."
        )
    share = dropped / (taken + dropped)
    newest = figures.ago(intake.last_received, now) if intake.last_received else "at an unknown time"
    lost = (
        felt(f"{figures.count(dropped)} ({figures.percent(share)}) were dropped")
        if dropped
        else "none was dropped"
    )
    return sentence(
        strong(f"{figures.count(taken)} records"), " were accepted in the last 24 hours and ", lost,
        f"; the newest came {newest}.",
    )  # fmt: skip


def _route_line(one: LearnedRoute) -> RouteLine:
    if one.taught_by == "server":
        return RouteLine(one.route, "The site's own server calls these pages so.", one.rule)
    more = len(one.keeps) - _NAMED
    names = ", ".join(one.keeps[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    kept = f" These keep their names: {names}." if names else ""
    return RouteLine(one.route, f"Many values were seen here, each rarely.{kept}", one.rule)


def _lost(intake: Intake) -> int:
    """Rows dropped whole; one that is kept without a field is among those accepted."""
    return sum(drop.rows for drop in intake.drops if drop.reason not in KEPT_WITHOUT)


def _accepted(intake: Intake) -> tuple[tuple[str, str], ...]:
    return tuple((door, figures.count(rows)) for door, rows in sorted(intake.accepted.items()))


def _drops(intake: Intake, now: int, zone: str) -> tuple[DropLine, ...]:
    whole = sum(intake.accepted.values()) + _lost(intake)
    return tuple(_line(drop, whole, now, zone) for drop in intake.drops)


_FAULTS: dict[Fault, str] = {"sender": "sent so", "choice": "left out by choice", "here": "not taken here"}


def _line(drop: Dropped, whole: int, now: int, zone: str) -> DropLine:
    known = REASONS.get(drop.reason)
    return DropLine(
        drop.door,
        drop.reason.replace("_", " "),
        known.words if known else "Another release of the collector counted it, and knows why.",
        known.remedy if known else "Run the same release everywhere.",
        _FAULTS[known.fault] if known else "unknown",
        figures.count(drop.rows),
        figures.percent(drop.rows / whole) if whole else "",
        figures.moment(drop.time, now, zone),
    )


def _freshness(intake: Intake, now: int) -> Check:
    if intake.last_received is None:
        return Check("Freshness", "unknown", "nothing has been received", "unknown")
    quiet = now - intake.last_received
    return Check(
        "Freshness",
        figures.ago(intake.last_received, now),
        "newest record received",
        "look" if quiet > HOUR else "ok",
    )


def _queue(intake: Intake, now: int) -> Check:
    if not intake.waiting:
        return Check("Queue", "empty", "everything accepted can be queried", "ok")
    oldest = (
        f"the oldest came {figures.ago(intake.oldest_waiting, now)}" if intake.oldest_waiting else "on disk"
    )
    behind = now - intake.oldest_waiting if intake.oldest_waiting else 0
    note = f"{figures.size(intake.waiting_bytes)} on disk, not queryable yet; {oldest}"
    return Check("Queue", figures.plural(intake.waiting, "record"), note, "look" if behind > MINUTE else "ok")


def _fed(fresh: Freshness, now: int) -> Check:
    name, due = fresh.what[:1].upper() + fresh.what[1:], figures.milliseconds(fresh.allowed)
    if fresh.as_of is None:
        note = f"since the start; due within {due}"
        return Check(name, f"not {fresh.done} yet", note, "look" if fresh.late else "unknown")
    note = (
        f"late: due every {due}; pages show what was known then" if fresh.late else "as often as it should be"
    )
    return Check(name, f"{fresh.done} {figures.ago(fresh.as_of, now)}", note, "look" if fresh.late else "ok")


def _older(found: Outdated, now: int) -> Check:
    return Check("Older visits", outdated.to_go(found), outdated.explained(found, now), "look")


def _left_out(row: LeftOut) -> Check:
    if not row.visits:
        return Check("Visits left out", "unknown", "no visit in the last 24 hours", "unknown")
    note = f"{wording.by_kind(row)}, among {figures.plural(row.visits, 'visit')}; in no other figure"
    return Check("Visits left out", figures.percent(row.left_out / row.visits), note, "ok")


def _sampling() -> Check:
    return Check(
        "Sampling",
        "none here",
        "every accepted record is kept; a site may sample in the SDK, which weighs nothing up",
        "ok",
    )


def _clock(clock: ClockRow, intake: Intake) -> Check:
    corrected = (
        f"{figures.plural(intake.corrected, 'record')} of the last 24 hours had the sender's clock put right"
    )
    if not clock.events:
        return Check("Clocks", "unknown", f"no event in the last hour; {corrected}", "unknown")
    whole = figures.plural(clock.events, "event")
    note = f"{figures.count(clock.ahead)} of {whole} in the last hour lie over 1 s ahead of us; {corrected}"
    return Check(
        "Clocks",
        f"{figures.percent(clock.ahead / clock.events)} ahead",
        note,
        "look" if clock.ahead * 50 > clock.events else "ok",
    )


def _late(clock: ClockRow) -> Check:
    if not clock.events:
        return Check("Delay", "unknown", "no event in the last hour", "unknown")
    half = figures.milliseconds(max(clock.lag_p50, 0))
    note = f"half arrive within {half}; {figures.count(clock.late)} over 1 h late"
    return Check("Delay", f"{figures.milliseconds(max(clock.lag_p95, 0))} p95", note, "ok")


def _linked(traces: TraceRow) -> Check:
    if not traces.traced:
        note = "no page or request of the last hour carries a trace; OTLP settings are on Connect"
        return Check("Linked traces", "unknown", note, "unknown")
    share = traces.linked / traces.traced
    whole = figures.plural(traces.traced, "traced page or request", "traced pages or requests")
    note = f"{figures.count(traces.linked)} of {whole} found their spans in the last hour"
    return Check("Linked traces", figures.percent(share), note, "ok" if share > 0.9 else "look")


def _unseen(found: Sequence[RouteFailures]) -> Check:
    name = "Unseen failures"
    if not found:
        return Check(
            name,
            "none",
            "no request failed at a server without a page that tells of it, in the last 24 hours",
            "ok",
        )
    note = wording.unseen(found).replace("`", "")
    return Check(
        name, figures.plural(sum(one.failed for one in found), "request"), f"{note}; last 24 hours", "look"
    )
