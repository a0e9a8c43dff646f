"""Browser telemetry by OpenTelemetry's semantic conventions: which log events are ours, and as what.

Source: "Semantic conventions for browser events" (`browser.web_vital`, whose fields stand in the body or, as
`browser.web_vital.*`, in the attributes), "Semantic conventions for exceptions in logs", and for the session,
`session.id` of "Semantic conventions for session".
"""

import re
from collections.abc import Iterable

from afterclick.collect.event.derived_id import derived_id
from afterclick.collect.event.flat import flat
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.otlp.attributes import take
from afterclick.collect.otlp.logs.wire import WireLog
from afterclick.collect.otlp.values import TRACE_ID, Plain, text
from afterclick.collect.passage.cleaning import without_query
from afterclick.collect.passage.fit import as_number

_VITAL = "browser.web_vital"
_VITALS = frozenset({"LCP", "INP", "FCP", "TTFB", "CLS"})
_EXCEPTION = "exception"
_FRAME = re.compile(r"(https?://[^\s():]{1,512}(?::\d{1,5})?/[^\s():]{0,512}):(\d{1,7})(?::\d{1,7})?")
"""The first frame of a stack trace, in Chromium's, Firefox's and Safari's writing: script and line."""
_TARGETS = ("target", "interaction_target", "largest_shift_target")
_PAGES = ("browser.document.url.full", "url.full", "page.url")
_SESSIONS = ("session.id",)
_USERS = ("user.id", "enduser.id")
_AGENTS = ("user_agent.original",)
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def as_event(log: WireLog) -> WireEvent | None:
    """A web vital, or an exception in a browser, as the event that it is; None for every other log record.

    The log's attributes are used up by an event.
    """
    if log.event_name == _VITAL:
        return _vital(log)
    if log.event_name == _EXCEPTION and _in_browser(log):
        return _error(log)
    return None


def _in_browser(log: WireLog) -> bool:
    attributes = log.origin.resource.attributes
    return "session.id" in log.attributes or any(
        name.startswith("browser.") for name in (*log.attributes, *attributes)
    )


def _vital(log: WireLog) -> WireEvent | None:
    """None for a vital that we do not know, such as the retired FID: it stays a log record."""
    name, value = text(_said(log, "name"), 16).upper(), as_number(_said(log, "value"))
    if name not in _VITALS or value is None:
        return None
    targets = [text(_said(log, f"attribution.{kind}"), 512) for kind in _TARGETS]
    source = text(_said(log, "attribution.url"), 1024)
    for used in ("name", "value", "attribution.url", *(f"attribution.{kind}" for kind in _TARGETS)):
        take(log.attributes, _attributes(used))
    event = _event(log, "vital")
    event.name, event.value = name, value
    event.target = next(filter(None, targets), None)
    event.source = without_query(source) or None
    return event


def _said(log: WireLog, name: str) -> Plain:
    """What is said of the vital, in the body or else in the attributes."""
    if isinstance(log.body, dict) and name in log.body:
        return log.body[name]
    return next((log.attributes[one] for one in _attributes(name) if one in log.attributes), None)


def _attributes(name: str) -> tuple[str, str]:
    return f"{_VITAL}.{name}", name


def _error(log: WireLog) -> WireEvent:
    name = text(log.attributes.pop("exception.type", None), 128)
    message = text(log.attributes.pop("exception.message", None), 2048)
    where = _FRAME.search(text(log.attributes.get("exception.stacktrace"), 8192))
    event = _event(log, "error")
    event.name = name or "Error"
    event.message = message or (log.body if isinstance(log.body, str) else None)
    event.source = f"{without_query(where[1])}:{where[2]}" if where else None
    return event


def _event(log: WireLog, type_: str) -> WireEvent:
    """What every event of a browser's log says of its session, page and trace; the rest stands in `props`."""
    resource = log.origin.resource
    session = _taken(log, _SESSIONS)
    url = _taken(log, _PAGES)
    is_ours = _UUID7.fullmatch(session) is not None
    page = without_query(url)
    return WireEvent(
        type=type_,
        time=log.time_ns // 1_000_000 or None,
        session_id=session if is_ours else None,
        session_key=None if is_ours else session or None,
        page_view_id=derived_id("otlp page view", session, page) if session and page else None,
        user_id=_taken(log, _USERS) or None,
        url=url or None,
        user_agent=_taken(log, _AGENTS) or None,
        release=resource.release or None,
        trace_id=log.trace_id if TRACE_ID.fullmatch(log.trace_id) else None,
        props=flat(log.attributes) or None,
    )


def _taken(log: WireLog, names: Iterable[str]) -> str:
    """The first of the attributes that is there, of the log or else of its resource."""
    of_resource = (log.origin.resource.attributes.get(name) for name in names)
    found = take(log.attributes, names) or next(filter(None, of_resource), None)
    return text(found, 2048)
