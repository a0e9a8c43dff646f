"""The Overview's figures, for programs."""

from collections.abc import Mapping

import msgspec

from afterclick.accounts.policy import Capability
from afterclick.api.figure import Changed, Figure
from afterclick.api.records import Nothing
from afterclick.journeys import Exchanged
from afterclick.pages.overview.page import read
from afterclick.web.endpoint import PERIOD, SITE, Call, Endpoint
from afterclick.web.fed import people_resolved
from afterclick.web.problem_data import lost, nothing
from afterclick.words import withheld
from afterclick.words.change import Change
from afterclick.words.chart import Mark
from afterclick.words.tile import Tile


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """A figure over time: one value for each of the overview's `edges`, and one for each of the stretch before."""

    key: str
    values: tuple[float | None, ...]
    previous: tuple[float | None, ...]


class OverviewData(msgspec.Struct, frozen=True, kw_only=True):
    """What was felt, done and paid from `since` up to `until` (UTC ms) in the buckets that `edges` begin.

    `sentence` is the page's first line. `revenue_apart` is the revenue in other currencies than that of `paid`,
    which is never added to it, `revenue_exchanged` what rates converted into it. `orders_at_risk` and
    `revenue_at_risk` are what the open problems of the ids `at_risk_problems` cost together, from `at_risk_since` to
    `at_risk_until`, estimated once; 0 while none is open. `orders_felt` and `revenue_felt` are of everything felt,
    problem or not, from `felt_since` to `felt_until`.
    """

    sentence: str
    since: int
    until: int
    edges: tuple[int, ...]
    zone: str
    felt: tuple[Figure, ...]
    server_failures: Figure
    did: tuple[Figure, ...]
    paid: tuple[Figure, ...]
    revenue_apart: tuple[Figure, ...]
    revenue_exchanged: tuple[Exchanged, ...]
    trend: tuple[Trace, ...]
    marks: tuple[Mark, ...]
    open_problems: int
    orders_at_risk: Figure
    revenue_at_risk: Figure
    at_risk_since: int | None
    at_risk_until: int | None
    at_risk_problems: tuple[str, ...]
    orders_felt: Figure
    revenue_felt: Figure
    felt_since: int | None
    felt_until: int | None


def overview(call: Call[Nothing]) -> OverviewData:
    """Without money for who may not see any."""
    lens = call.lens
    page, risk = read(call.desk, lens), call.desk.at_risk(lens.scope)
    opened = bool(page.open_problems)
    together = withheld.estimate(risk.together.estimate if risk.together and opened else None, lens.scope)
    everything = withheld.estimate(risk.felt, lens.scope)
    fresh = people_resolved(call.desk)
    made = {"people": fresh.as_of if fresh else None}
    currency, tiles = page.trend.currency, (*page.felt, *page.did, *page.paid)
    return OverviewData(
        sentence=page.answer.text,
        since=page.period.since,
        until=page.period.until,
        edges=page.period.edges,
        zone=page.period.zone,
        felt=tuple(_figure(tile, currency, made) for tile in page.felt),
        server_failures=_unseen(page.unseen.failed if page.unseen else 0),
        did=tuple(_figure(tile, currency, made) for tile in page.did),
        paid=tuple(_figure(tile, currency, made) for tile in page.paid),
        revenue_apart=tuple(
            Figure(key="revenue", value=one.amount, unit="money", currency=one.currency) for one in page.apart
        ),
        revenue_exchanged=page.exchanged,
        trend=tuple(Trace(key=one.key, values=one.line.values, previous=one.line.previous) for one in tiles),
        marks=page.trend.marks,
        open_problems=page.open_problems,
        orders_at_risk=lost("orders_at_risk", together) if opened else nothing("orders_at_risk"),
        revenue_at_risk=lost("revenue_at_risk", together) if opened else nothing("revenue_at_risk"),
        at_risk_since=together.since if together else None,
        at_risk_until=together.until if together else None,
        at_risk_problems=risk.together.problems if risk.together and opened else (),
        orders_felt=lost("orders_felt", everything),
        revenue_felt=lost("revenue_felt", everything),
        felt_since=everything.since if everything else None,
        felt_until=everything.until if everything else None,
    )


def _unseen(failed: int) -> Figure:
    counted = "Every one of the period is in it: nothing is estimated."
    return Figure(
        key="server_failures",
        value=float(failed),
        unit="count",
        no_interval=counted,
        n=failed,
        method="counted",
    )


def _figure(tile: Tile, currency: str, made: Mapping[str, int | None]) -> Figure:
    unit, found = tile.line.unit, tile.measured
    return Figure(
        key=tile.key,
        value=found.value,
        unit=unit,
        currency=currency if unit == "money" else "",
        interval=found.interval,
        no_interval=found.exact,
        n=found.n,
        method=found.method,
        unknown=tile.note if found.value is None else "",
        before=tile.before,
        as_of=made.get(tile.key),
        change=_changed(tile.change),
        no_change=tile.change.absent,
    )


def _changed(told: Change) -> Changed | None:
    if told.difference is None:
        return None
    return Changed(unit=told.unit, difference=told.difference, noise=told.noise, good=told.good)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/overview",
        Capability.VIEW,
        "What customers felt, did and paid in a period, and what all problems cost together.",
        OverviewData,
        overview,
        query=(SITE, *PERIOD),
    ),
)
