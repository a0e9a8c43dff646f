"""What an SDK noted before an error, as entries of the visit's timeline."""

from collections.abc import Iterator

from afterclick.collect.event.derived_id import derived_id
from afterclick.collect.event.flat import flat
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.cleaning import without_query
from afterclick.collect.sentry.events import time_of
from afterclick.collect.sentry.payload import Breadcrumb, Breadcrumbs, Event

MOST = 30
"""Breadcrumbs of one error that are kept, the last of them."""

NAME = "breadcrumb"

_ADDRESSES = frozenset({"url", "to", "from"})
"""Data that are addresses, whose query is not kept."""


def entries_of(event: Event, error: WireEvent) -> Iterator[WireEvent]:
    """A track for each breadcrumb, of the customer, page and trace of the error.

    Each error brings the breadcrumbs of those before it again, so the id is made of what a breadcrumb says and of the
    visit or the trace that it belongs to; one without a time, or without either, cannot be told apart and is left out.
    """
    found = event.breadcrumbs
    told = [
        one for one in (found.values if isinstance(found, Breadcrumbs) else found) or [] if one is not None
    ]
    visit = error.session_id or error.session_key or error.trace_id
    for crumb in told[-MOST:] if visit else ():
        if crumb.timestamp is not None:
            yield _entry(crumb, visit or "", error)


def _entry(crumb: Breadcrumb, visit: str, error: WireEvent) -> WireEvent:
    category = crumb.category or crumb.type or ""
    data = {
        name: without_query(value) if name in _ADDRESSES and isinstance(value, str) else value
        for name, value in (crumb.data or {}).items()
    }
    about = {"category": category, "level": crumb.level, **data}
    said = (str(crumb.timestamp), category, crumb.message or "", repr(crumb.data))
    return WireEvent(
        id=derived_id("sentry breadcrumb", visit, *said),
        type="track",
        name=NAME,
        time=time_of(crumb.timestamp),
        message=crumb.message,
        props=flat(about) or None,
        session_id=error.session_id,
        session_key=error.session_key,
        page_view_id=error.page_view_id,
        user_id=error.user_id,
        user_agent=error.user_agent,
        browser=error.browser,
        os=error.os,
        release=error.release,
        trace_id=error.trace_id,
        url=error.url,
        tags=error.tags,
    )
