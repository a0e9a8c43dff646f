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
    that of the site for what rates convert, which `exchanged` tells; `revenue` that of `currency`, in which most of the
    orders are.
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
    over_refunded: bool = False


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the visit, in the columns of `events`."""

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
    pages = _pages(found)
    releases = tuple(dict.fromkeys(page.release for page in pages if page.release))
    return Visit(heads[0], pages, _traces(reader, scope, heads[0], found), releases)


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
