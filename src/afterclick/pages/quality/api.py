"""How far a site's data may be trusted, for programs."""

import msgspec

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.drops import REASONS, Reason
from afterclick.jobs import Freshness
from afterclick.journeys import LeftOut
from afterclick.pages.quality.context import ClockRow, TraceRow, measured
from afterclick.store.rollups.outdated import Outdated
from afterclick.visits.routes import LearnedRoute
from afterclick.web.endpoint import Call, Endpoint
from afterclick.web.intake import Intake


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """Events and how long after their time they were received (ms, None without any); `ahead` by over 1 s, `late` by
    over 1 h.
    """

    events: int
    lag_p50: float | None
    lag_p95: float | None
    ahead: int
    late: int


class QualityData(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of the last 24 hours (`intake`, `left_out`) and of the last hour (`clock`, `traces`); times UTC ms.

    `freshness` tells of what jobs keep up to date for pages, `outdated` of visits that carry older labels, if any.
    `reasons` explain those that rows were dropped for.
    `routes` are the page patterns that were learned, each with the rule that takes it back.
    """

    intake: Intake
    reasons: tuple[Reason, ...]
    left_out: LeftOut
    clock: Clock
    traces: TraceRow
    freshness: tuple[Freshness, ...]
    outdated: Outdated | None
    routes: tuple[LearnedRoute, ...]


def quality(call: Call[Nothing]) -> QualityData:
    """As of now."""
    lens = call.lens
    intake, left_out, clock, traces = measured(call.desk.reader, lens.scope, call.desk.health, lens.now)
    met = {drop.reason for drop in intake.drops}
    reasons = tuple(one for one in REASONS.values() if one.key in met)
    fresh = call.desk.operations.freshness()
    return QualityData(
        intake=intake,
        reasons=reasons,
        left_out=left_out,
        clock=_clock(clock),
        traces=traces,
        freshness=fresh,
        outdated=call.desk.operations.outdated(),
        routes=call.desk.routes(lens.scope.site),
    )


def _clock(row: ClockRow) -> Clock:
    return Clock(
        events=row.events,
        lag_p50=row.lag_p50 if row.events else None,
        lag_p95=row.lag_p95 if row.events else None,
        ahead=row.ahead,
        late=row.late,
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        "/quality",
        Capability.VIEW,
        "What came in, what was dropped and why, who was left out, clocks, traces, and the routes that were learned.",
        QualityData,
        quality,
    ),
)
