"""Which visits there were: the first that match a filter, each with what it felt, did and paid."""

from dataclasses import dataclass

import msgspec

from afterclick.journeys.paid import Exchanged, Paid
from afterclick.measure.usual import Limit, bound
from afterclick.signals import DEVICE_CLASSES
from afterclick.store.engine.query import Parameter, Reader, Statement, named
from afterclick.store.scope import Scope

_TEXTS = named("afterclick.journeys", "visits.sql")
_MATCHING, _COUNTRIES, _STEPS = (Statement(name, _TEXTS[name]) for name in ("matching", "countries", "steps"))


def _over_matching(name: str) -> Statement:
    return Statement(name, f"WITH matching AS (\n{_MATCHING.sql}\n)\n{_TEXTS[name]}")


_VISITS, _TOTALS = _over_matching("visits"), _over_matching("totals")
FELT = ("slow", "error", "struggle", "rated")
CHOICES = {"felt": FELT, "paid": ("yes", "no"), "device": DEVICE_CLASSES}
"""The values of a filter's fields that have only some; empty means any."""
ORDERS = ("longest", "troubles", "paid")
"""What visits can be sorted by, most first, beside the newest first."""


class VisitRow(msgspec.Struct, frozen=True, kw_only=True):
    """One visit in a list. Times are UTC ms, `lcp` and `inp` ms; `stars` is the rating, null when not given.

    The flags slow, error and struggle are the definitions v1 (docs/definitions.md). `paid` is what refunds leave, by
    currency, that of the site for what rates convert, which `exchanged` tells; `revenue` that of `currency`, in which
    most of the orders are.
    """

    session_id: str
    started: int
    ended: int
    user_id: str
    visitor: str
    country: str
    campaign: str
    device_class: str
    browser: str
    journey: list[str]
    lcp: float | None
    inp: float | None
    slow: bool
    error: bool
    struggle: bool
    stars: float | None
    orders: int
    revenue: float
    currency: str
    paid: list[Paid] = []
    exchanged: list[Exchanged] = []
    over_refunded: bool = False
    refunded_apart: bool = False


class Totals(msgspec.Struct, frozen=True):
    """Of all visits that match a filter: how many there are, how many bought, and met something slow or broken or
    frustrating.
    """

    visits: int
    buyers: int
    troubled: int


class Choice(msgspec.Struct, frozen=True):
    """A value that visits can be filtered by, and in how many it occurs."""

    value: str
    visits: int


@dataclass(frozen=True)
class Met:
    """What a visit met of one problem, by its id: `signal` at `step` in the whole segment (`keys`, "dimension=value"
    each, tags too), from `since` up to `until` (UTC ms). `name` is the problem's, for people. `limits` are the step's
    own, where the signal is "slower".
    """

    problem: str
    name: str
    step: str
    signal: str
    keys: tuple[str, ...]
    since: int
    until: int
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class Filter:
    """Which visits: empty means any. `felt`, `paid` and `device` are of CHOICES; `find` a user, device or order id,
    `person` the number of one (`customers.Person`), 0 for anybody; `met` a problem.
    """

    step: str = ""
    device: str = ""
    country: str = ""
    felt: str = ""
    paid: str = ""
    find: str = ""
    person: int = 0
    met: Met | None = None


@dataclass(frozen=True)
class Order:
    """Which visits come first: the newest, or by one of ORDERS. Of `paid`, those in the site's own `currency` do, since
    no sums of two currencies can be compared.
    """

    by: str = ""
    currency: str = ""


NEWEST = Order()
_ANYTHING = Met("", "", "", "", (), 0, 0)


def visits(
    reader: Reader,
    scope: Scope,
    since: int,
    until: int,
    wanted: Filter,
    limit: int = 50,
    order: Order = NEWEST,
) -> list[VisitRow]:
    """The first visits in the order that started from `since` up to `until` (UTC ms), at most `limit`."""
    asked = {"limit": limit, "order": order.by, "own_currency": order.currency}
    return reader.rows(scope, _VISITS, VisitRow, {**_bound(since, until, wanted), **asked})


def totals(reader: Reader, scope: Scope, since: int, until: int, wanted: Filter) -> Totals:
    """What all visits are together that started from `since` up to `until` (UTC ms)."""
    return reader.rows(scope, _TOTALS, Totals, _bound(since, until, wanted))[0]


def _bound(since: int, until: int, wanted: Filter) -> dict[str, Parameter]:
    met = wanted.met or _ANYTHING
    return {
        **bound({met.step: met.limits}),
        "met_step": met.step,
        "met_signal": met.signal,
        "met_segment": list(met.keys),
        "met_since": met.since,
        "met_until": met.until,
        "since": since,
        "until": until,
        "step": wanted.step,
        "device": wanted.device,
        "country": wanted.country,
        "felt": wanted.felt,
        "paid": wanted.paid,
        "find": wanted.find,
        "person": wanted.person,
    }


def countries(reader: Reader, scope: Scope, since: int, until: int) -> list[Choice]:
    """Countries that visits came from, most frequent first."""
    return reader.rows(scope, _COUNTRIES, Choice, {"since": since, "until": until})


def steps(reader: Reader, scope: Scope, since: int, until: int) -> list[Choice]:
    """Journey steps that visits reached, most visited first."""
    return reader.rows(scope, _STEPS, Choice, {"since": since, "until": until})
