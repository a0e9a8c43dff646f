"""What an SDK noted before an error, as entries of the visit's timeline."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urljoin

from afterclick.collect.event.derived_id import derived_id
from afterclick.collect.event.flat import flat, text
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.cleaning import without_query
from afterclick.collect.sentry.events import is_browsers, time_of
from afterclick.collect.sentry.payload import Breadcrumb, Breadcrumbs, Event

MOST = 30
"""Breadcrumbs of one error that are kept, the last of them."""

NAME = "breadcrumb"

_ADDRESSES = frozenset({"url", "to", "from"})
"""Data that are addresses, whose query is not kept."""
_TRACING = "BrowserTracing"
"""The integration that begins a new trace with every change of the route."""


class _Page(NamedTuple):
    """Where something happened; `is_errors` says that the route has not changed from there to the error."""

    url: str | None
    is_errors: bool


def entries_of(event: Event, error: WireEvent) -> Iterator[WireEvent]:
    """A track for each breadcrumb, of the customer of the error, and of the page and visit in which it happened.

    Each error brings the breadcrumbs of those before it again, so the id is made of what a breadcrumb says and of whom
    it is told; one without a time, or of an error without visit and trace, cannot be told apart and is left out.
    """
    found = event.breadcrumbs
    told = [
        one for one in (found.values if isinstance(found, Breadcrumbs) else found) or [] if one is not None
    ]
    if not (error.session_id or error.session_key or error.trace_id):
        return
    owner = _owner(event, error)
    for crumb, page in list(zip(told, _pages(event, error, told), strict=True))[-MOST:]:
        if crumb.timestamp is not None:
            yield _entry(crumb, owner, _at(page, event, error))


def _owner(event: Event, error: WireEvent) -> Sequence[str]:
    """Of whom breadcrumbs are told, by what changing the route and signing in leave as it is."""
    visit = error.session_id or error.session_key or error.trace_id or ""
    if visit == error.trace_id and _renews_trace(event):
        return error.user_agent or "", error.release or ""
    return (visit,)


def _renews_trace(event: Event) -> bool:
    """Whether the trace is another one where the route has changed."""
    integrations = (event.sdk.integrations if event.sdk else None) or ()
    return is_browsers(event) and _TRACING in integrations


def _pages(event: Event, error: WireEvent, told: Sequence[Breadcrumb]) -> list[_Page]:
    """The page of each: that of the error, back to where a browser's route changed, and before that the one it left."""
    page = _Page(error.url, is_errors=True)
    pages: list[_Page] = []
    for crumb in reversed(told):
        pages.append(page)
        if crumb.category == "navigation" and is_browsers(event):
            page = _Page(_address((crumb.data or {}).get("from"), error.url), is_errors=False)
    return pages[::-1]


def _address(told: object, page: str | None) -> str | None:
    """The whole address; SDKs leave out the origin where it is the page's."""
    try:
        return urljoin(page or "", text(told)) if text(told) else None
    except ValueError:
        return None


def _at(page: _Page, event: Event, error: WireEvent) -> WireEvent:
    """What an entry has of its customer, page and trace: before the error's trace began, its own is not known."""
    here = WireEvent(
        session_id=error.session_id,
        session_key=error.session_key,
        page_view_id=error.page_view_id,
        user_id=error.user_id,
        user_agent=error.user_agent,
        browser=error.browser,
        os=error.os,
        release=error.release,
        trace_id=error.trace_id,
        url=page.url,
        tags=error.tags,
    )
    if not page.is_errors and _renews_trace(event):
        here.session_key = None if error.session_key == error.trace_id else error.session_key
        here.page_view_id = here.trace_id = None
    return here


def _entry(crumb: Breadcrumb, owner: Sequence[str], entry: WireEvent) -> WireEvent:
    category = crumb.category or crumb.type or ""
    data = {
        name: without_query(value) if name in _ADDRESSES and isinstance(value, str) else value
        for name, value in (crumb.data or {}).items()
    }
    about = {"category": category, "level": crumb.level, **data}
    said = (str(crumb.timestamp), category, crumb.message or "", repr(crumb.data))
    entry.id = derived_id("sentry breadcrumb", *owner, *said)
    entry.type, entry.name, entry.message = "track", NAME, crumb.message
    entry.time = time_of(crumb.timestamp)
    entry.props = flat(about) or None
    return entry
