"""The visits of a site, for programs."""

import msgspec

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.errors import InvalidInput
from afterclick.journeys import CHOICES, ORDERS, Totals, VisitRow
from afterclick.pages.visits.search import search
from afterclick.web.endpoint import PERIOD, SITE, Call, Endpoint, Parameter

MOST = 1000
_DEFAULT = 50


class VisitsData(msgspec.Struct, frozen=True, kw_only=True):
    """Visits that began from `since` up to `until` (UTC ms), in the order asked for; `before` asks for those before
    them, None at the end and in another order than the newest first.
    `totals` are of all that match in the period.
    """

    since: int
    until: int
    visits: list[VisitRow]
    before: int | None
    totals: Totals


def visits(call: Call[Nothing]) -> VisitsData:
    """Those that the query names."""
    lens, limit = call.lens, _limit(call.asked("limit"))
    found = search(call.desk, lens, limit)
    rows = found.visits
    return VisitsData(
        since=lens.period.since,
        until=found.until,
        visits=rows[:limit],
        before=rows[limit - 1].started if len(rows) > limit and not found.order.by else None,
        totals=found.totals,
    )


def _limit(raw: str) -> int:
    if not raw:
        return _DEFAULT
    if not (raw.isascii() and raw.isdecimal() and len(raw) < 5 and 1 <= int(raw) <= MOST):
        raise InvalidInput(f"`limit` is a number from 1 to {MOST}.")
    return int(raw)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/visits",
        Capability.VISITS,
        "Visits of a period: felt, did, paid.",
        VisitsData,
        visits,
        query=(
            SITE,
            *PERIOD,
            Parameter("limit", f"How many, at most {MOST}; {_DEFAULT} when left out."),
            Parameter("before", "Only visits that began before this time, UTC ms."),
            Parameter("sort", "What comes first instead of the newest; the most of it.", ORDERS),
            Parameter("felt", "Only visits that met this, or that were rated.", CHOICES["felt"]),
            Parameter("paid", "Whether they bought.", CHOICES["paid"]),
            Parameter("step", "Only visits that reached the step."),
            Parameter("device", "Only visits by this class of device.", CHOICES["device"]),
            Parameter("country", "Only visits from this country."),
            Parameter(
                "find", "Only visits of this user, device or order; for who may see who customers are."
            ),
            Parameter(
                "problem",
                "Only visits that met this problem, by its id: in its whole segment.",
            ),
            Parameter("person", "Only visits of this person, by number; for who may see who customers are."),
        ),
    ),
)
