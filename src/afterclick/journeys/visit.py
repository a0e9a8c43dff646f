"""One visit, whole: its pages in order, everything that happened on each, and the traces that its requests started."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

import msgspec

from afterclick.errors import NotFound
from afterclick.journeys.paid import Exchanged, Paid
from afterclick.journeys.waterfall import Span, Trace, trace
from afterclick.signals import NO_ID
from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope

_SQL = statements("afterclick.journeys", "visit.sql")
_SLACK = 600_000  # ms that a service's clock, or a span's end, may lie outside the visit


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Who and when: the visit's row in `sessions`. Times are UTC ms.

    Where from, what with and `release` are those of its first page view. `paid` is what refunds leave, by currency,
    that of the site for what rates convert, which `exchanged` tells, and `refunded` what they took; `revenue` that of
    `currency`, in which most of the orders are.
    """

    session_id: str
    started: int
    ended: int
    user_id: str
    visitor: str
    country: str
    region: str
    campaign: str
    device_class: str
    device_tier: str
    browser: str
    os: str
    referrer: str
    channel: str
    landing_host: str
    landing_path: str
    release: str
    revenue: float
    orders: int
    currency: str
    paid: list[Paid] = []
    exchanged: list[Exchanged] = []
    refunded: list[Paid] = []
    over_refunded: bool = False
    refunded_apart: bool = False


class Refund(msgspec.Struct, frozen=True):
    """A refund of an order: without an amount and a currency it took what was left. `time` is UTC ms."""

    order_id: str
    amount: float
    currency: str
    time: int


class Refunded(msgspec.Struct, frozen=True, kw_only=True):
    """An order of the visit that something was refunded of, whenever that was, and what is left of it, `net`."""

    order_id: str
    currency: str
    net: float
    over_refunded: bool
    refunded_apart: bool
    refunds: list[Refund]


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the visit, in the columns of `events`; of an order, what was `refunded` of it since."""

    type: str
    name: str
    time: int
    page_view_id: str
    path: str
    route: str
    step: str
    value: float
    duration_ms: float
    status: int
    method: str
    target: str
    source: str
    message: str
    trace_id: str
    release: str
    order_id: str
    revenue: float
    currency: str
    refunded: Refunded | None = None


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order with the ids of its refunds' events."""

    order_id: str
    currency: str
    net: float
    over_refunded: bool
    refunded_apart: bool
    refunds: list[str]


@dataclass(frozen=True)
class Page:
    """One page view and what happened on it, in time order. `path`, `step` and `release` are empty when only its parts
    arrived.
    """

    page_view_id: str
    time: int
    path: str
    step: str
    release: str
    happenings: tuple[Happening, ...]


@dataclass(frozen=True)
class Visit:
    """A visit with its pages in order; `traces` by trace id, only those whose spans have arrived. `releases` are those
    of its pages in their order: of more than one, the release changed during the visit.
    """

    head: Head
    pages: tuple[Page, ...]
    traces: dict[str, Trace]
    releases: tuple[str, ...]


def visit(reader: Reader, scope: Scope, session_id: str) -> Visit:
    """Read one visit whole.

    Raises NotFound when `session_id` is not a UUID or the site has no such visit.
    """
    missing = NotFound("This site has no such visit; it may have passed its retention.")
    try:
        wanted = UUID(session_id)
    except ValueError as error:
        raise missing from error
    heads = reader.rows(scope, _SQL["visit"], Head, {"session_id": wanted})
    if not heads:
        raise missing
    found = reader.rows(
        scope, _SQL["visit_events"], Happening, {"session_id": wanted, "started": heads[0].started}
    )
    refunded = _refunded(reader, scope, wanted, found)
    pages = _pages([_with_refunds(one, refunded) for one in found])
    releases = tuple(dict.fromkeys(page.release for page in pages if page.release))
    return Visit(heads[0], pages, _traces(reader, scope, heads[0], found), releases)


def _refunded(reader: Reader, scope: Scope, session_id: UUID, found: list[Happening]) -> dict[str, Refunded]:
    told = sorted({one.order_id for one in found if one.type == "order" and one.order_id})
    if not told:
        return {}
    orders = reader.rows(scope, _SQL["visit_orders"], _Order, {"session_id": session_id, "orders": told})
    events = [event_id for one in orders for event_id in one.refunds]
    refunds = reader.rows(scope, _SQL["visit_refunds"], Refund, {"refunds": events}) if events else []
    return {
        one.order_id: Refunded(
            order_id=one.order_id, currency=one.currency, net=one.net, over_refunded=one.over_refunded,
            refunded_apart=one.refunded_apart,
            refunds=[each for each in refunds if each.order_id == one.order_id],
        )
        for one in orders
    }  # fmt: skip


def _with_refunds(one: Happening, refunded: dict[str, Refunded]) -> Happening:
    of = refunded.get(one.order_id) if one.type == "order" else None
    return msgspec.structs.replace(one, refunded=of) if of else one


def _pages(found: list[Happening]) -> tuple[Page, ...]:
    by_page: dict[str, list[Happening]] = defaultdict(list)
    for one in found:
        by_page[one.page_view_id].append(one)
    outside = by_page.pop(NO_ID, [])
    pages = [_page(page_view_id, parts) for page_view_id, parts in by_page.items()]
    pages += [_page(NO_ID, [one]) for one in outside]
    return tuple(sorted(pages, key=lambda page: page.time))


def _page(page_view_id: str, parts: list[Happening]) -> Page:
    shown = next((one for one in parts if one.type == "page_view"), parts[0])
    # A page view is shown with the trace which made the page, and where the page was not what was asked for.
    rest = tuple(one for one in parts if one.type != "page_view" or one.trace_id or one.status >= 400)
    return Page(page_view_id, min(one.time for one in parts), shown.path, shown.step, shown.release, rest)


def _traces(reader: Reader, scope: Scope, head: Head, found: list[Happening]) -> dict[str, Trace]:
    wanted = sorted({one.trace_id for one in found if one.trace_id})
    if not wanted:
        return {}
    parameters = {"traces": wanted, "since": head.started - _SLACK, "until": head.ended + _SLACK}
    spans: dict[str, list[Span]] = defaultdict(list)
    for span in reader.rows(scope, _SQL["visit_spans"], Span, parameters):
        spans[span.trace_id].append(span)
    return {trace_id: trace(parts) for trace_id, parts in spans.items()}
