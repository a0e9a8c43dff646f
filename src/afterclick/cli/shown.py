"""What the tables show of the API's answers: fewer fields than the answers have, so that a verb loads no room for them.

The names and types are those of the routes' own records; a test holds them together.
"""

import msgspec

from afterclick.stats.interval import Interval


class ShownEstimate(msgspec.Struct):
    """Of `impact.Estimate`."""

    status: str
    orders_lost: Interval | None
    revenue_lost: Interval | None
    currency: str


class ShownCause(msgspec.Struct):
    """Of `resolve.Cause`."""

    sentence: str


class ShownProblem(msgspec.Struct):
    """Of an answer of `/problems`."""

    onset: int
    step: str
    segment: dict[str, str]
    signal: str
    status: str
    estimate: ShownEstimate | None
    cause: ShownCause
    service: str = ""


class ShownVisit(msgspec.Struct):
    """Of an answer of `/visits`."""

    session_id: str
    started: int
    device_class: str
    country: str
    slow: bool
    error: bool
    struggle: bool
    journey: list[str]
    orders: int
    revenue: float | None
    currency: str


class ShownSite(msgspec.Struct):
    """Of an answer of `/sites` and `/site`."""

    id: str
    name: str
    currency: str
    timezone: str
    return_hosts: tuple[str, ...] = ()


class ShownRates(msgspec.Struct):
    """Of an answer of `/rates`."""

    currency: str
    into: str
    rates: int
    since: str
    until: str
    newest: str


class ShownTaken(msgspec.Struct):
    """The answer of `/rates/file`."""

    kept: int
    older: int
    wrong: int
    refused: tuple[str, ...]


class ShownPerson(msgspec.Struct):
    """Of an answer of `/privacy/find`."""

    records: dict[str, int]
    kept_away: bool


class ShownAside(msgspec.Struct):
    """Of an answer of `/aside`."""

    kind: str
    reason: str
    rows: int


class ShownReplay(msgspec.Struct):
    """The answer of `/replay`."""

    inserted: int
    known: int
    refused: int


SHOWN: dict[str, type[msgspec.Struct]] = {
    "/problems": ShownProblem,
    "/visits": ShownVisit,
    "/sites": ShownSite,
    "/site": ShownSite,
    "/rates": ShownRates,
    "/rates/file": ShownTaken,
    "/privacy/find": ShownPerson,
    "/aside": ShownAside,
    "/replay": ShownReplay,
}
"""By the route whose answer, or whose answer's rows, they are of."""
