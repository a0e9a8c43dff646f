"""What a role may not see is taken out before anything is worded: money, who a customer is, single visits.

A page or an answer then shows the rest, and says "not for your role" where a figure would stand.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from afterclick.accounts.policy import Capability
from afterclick.errors import Forbidden
from afterclick.impact import Estimate
from afterclick.journeys import Filter, Happening, Head, Order, Refunded, Span, Trace, Visit, VisitRow
from afterclick.resolve import Evidence, Problem
from afterclick.store.scope import Scope

_Told = TypeVar("_Told", Head, Happening, Span)
_WITHHELD = float("nan")  # figures.money knows it
_UNPAID: dict[str, Any] = {
    "revenue": _WITHHELD,
    "currency": "",
    "paid": [],
    "exchanged": [],
    "refunded": [],
    "over_refunded": False,
    "refunded_apart": False,
}
_WHO = ("user_id", "region")


def may(scope: Scope, capability: Capability) -> bool:
    """Whether who reads may see what the capability opens."""
    return scope.permissions is None or capability in scope.permissions


def estimate(found: Estimate | None, scope: Scope) -> Estimate | None:
    """The estimate, without its money for who may not see any."""
    if found is None or may(scope, Capability.MONEY):
        return found
    return Estimate(
        status="unknown", reason="Money is not for your role.", n_exposed=found.n_exposed,
        n_control=found.n_control, since=found.since, until=found.until,
    )  # fmt: skip


def problem(found: Problem, scope: Scope) -> Problem:
    """The problem, without its price for who may not see money."""
    return msgspec.structs.replace(found, estimate=estimate(found.estimate, scope))


def problems(found: Sequence[Problem], scope: Scope) -> list[Problem]:
    """The problems without their prices for who may not see money; then not in the order of the prices either."""
    if may(scope, Capability.MONEY):
        return list(found)
    return sorted((problem(one, scope) for one in found), key=lambda one: -one.exposed_visits)


def evidence(found: Evidence, scope: Scope) -> Evidence:
    """The evidence, without samples for who may not open visits."""
    return found if may(scope, Capability.VISITS) else msgspec.structs.replace(found, samples=())


def visits(found: Sequence[VisitRow], scope: Scope) -> list[VisitRow]:
    """The visits, without what they paid (that they bought stays) and whose they were, for who may not see that."""
    return [msgspec.structs.replace(one, **_hidden(one, scope)) for one in found]


def visit(found: Visit, scope: Scope) -> Visit:
    """The visit, without money, and without who the customer is and where from, for who may not see that."""
    happened = [one for page in found.pages for one in page.happenings]
    told = set[str]() if may(scope, Capability.PERSONAL) else {one.order_id for one in happened}
    orders = told - {""}
    head = msgspec.structs.replace(found.head, **_hidden(found.head, scope))
    pages = tuple(
        replace(
            page,
            path=_unnumbered(page.path, orders),
            happenings=tuple(_happening(one, scope, orders) for one in page.happenings),
        )
        for page in found.pages
    )
    traces = {key: _unnumbered_trace(trace, orders) for key, trace in found.traces.items()}
    return replace(found, head=_addressed(head, orders), pages=pages, traces=traces)


def _hidden(row: Head | VisitRow, scope: Scope) -> dict[str, Any]:
    """Empty values for the fields of a visit that the role may not see, those of them that the record has."""
    hidden = {} if may(scope, Capability.MONEY) else dict(_UNPAID)
    if not may(scope, Capability.PERSONAL):
        hidden |= dict.fromkeys(_WHO, "")
    return {name: value for name, value in hidden.items() if name in row.__struct_fields__}


_MEASURED = frozenset({"vital", "struggle", "search", "rating"})
"""Types whose `value` is measured or given; of every other one, also of those to come, it may be money."""
_MAY_NUMBER = (
    "landing_path", "referrer", "name", "path", "target", "source", "message",
    "address", "query", "status_message", "exception",
)  # fmt: skip
"""Texts that may hold the number of an order."""
_BY_PROGRAMS = frozenset({"error"})
"""Types whose `message` a program wrote; of every other one, also of those to come, a customer may have."""


def _happening(one: Happening, scope: Scope, orders: Set[str]) -> Happening:
    if not may(scope, Capability.MONEY):
        value = one.value if one.type in _MEASURED else _WITHHELD
        one = msgspec.structs.replace(one, value=value, revenue=_WITHHELD, currency="", refunded=None)
    if may(scope, Capability.PERSONAL):
        return one
    message = one.message if one.type in _BY_PROGRAMS else ""
    refunded = one.refunded and _nameless(one.refunded)
    hidden = msgspec.structs.replace(one, message=message, order_id="", refunded=refunded)
    return _addressed(hidden, orders)


def _addressed(told: _Told, orders: Set[str]) -> _Told:
    """It with the numbers of the orders taken out of its texts: many a thank-you page has them in its address."""
    texts = {name: getattr(told, name) for name in _MAY_NUMBER if name in told.__struct_fields__}
    return msgspec.structs.replace(told, **{name: _unnumbered(text, orders) for name, text in texts.items()})


def _unnumbered_trace(trace: Trace, orders: Set[str]) -> Trace:
    return replace(trace, bars=tuple(replace(bar, span=_addressed(bar.span, orders)) for bar in trace.bars))


def _unnumbered(text: str, orders: Set[str]) -> str:
    if not any(order in text for order in orders):
        return text
    named = "|".join(re.escape(order) for order in sorted(orders, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{named})(?![\w-])", ":order", text)


def _nameless(found: Refunded) -> Refunded:
    refunds = [msgspec.structs.replace(one, order_id="") for one in found.refunds]
    return msgspec.structs.replace(found, order_id="", refunds=refunds)


def order(wanted: Order, scope: Scope) -> Order:
    """The order; raises Forbidden when it goes by money that who asks may not see."""
    if wanted.by == "paid" and not may(scope, Capability.MONEY):
        raise Forbidden("Sorting by what was paid is not for your role; sort by length or by troubles.")
    return wanted


def search(wanted: Filter, scope: Scope) -> Filter:
    """The filter; raises Forbidden when it looks for a customer and who asks may not see who a customer is."""
    if (wanted.find or wanted.person) and not may(scope, Capability.PERSONAL):
        raise Forbidden(
            "Searching by user, device, order or person is not for your role; a visit opens by its own id."
        )
    return wanted
