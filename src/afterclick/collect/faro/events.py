"""Maps the signals of Grafana Faro to events; the table is in docs/collect.md."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from afterclick.collect.event.addresses import pattern, place
from afterclick.collect.event.derived_id import derived_id
from afterclick.collect.event.flat import flat, text
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.faro.payload import (
    Attributes,
    FaroEvent,
    FaroException,
    FaroItem,
    Log,
    Measurement,
    Meta,
    Page,
)
from afterclick.collect.passage.cleaning import cut, without_query
from afterclick.collect.passage.fit import as_number

NOT_KEPT = "not_kept"
"""The drop reason of what a client tells of ordinary, uneventful things."""

_SLOW_MS = 1000
_FAILED = 400
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_UNKNOWN = "unknown"  # what Faro writes for "none"
_TARGETS = ("element", "interaction_target", "largest_shift_target")
_SOURCES = ("resource_url", "longest_script_source_url")
_VITALS = ("lcp", "inp", "cls", "fcp", "ttfb")


def context_of(meta: Meta) -> WireEvent:
    """What stands in every event of the request."""
    session = (meta.session.id if meta.session else None) or None
    own = session is not None and _UUID7.fullmatch(session) is not None
    page = meta.page.url if meta.page else None
    app = meta.app
    return WireEvent(
        session_id=session if own else None,
        session_key=None if own else session,
        page_view_id=_page_view_id(session, meta.page) if session and meta.page else None,
        device_id=app.installation_id if app else None,
        user_id=meta.user.id if meta.user else None,
        url=page,
        step=_view(meta) or None,
        user_agent=_known(meta.browser.user_agent if meta.browser else None),
        device_class="bot" if meta.k6 and meta.k6.is_k6 else None,
        release=(app.version or app.release) if app else None,
        tags={"environment": app.environment} if app and app.environment else None,
    )


def _page_view_id(session: str, page: Page) -> str | None:
    """The page's own id, as `generatePageId` makes it; without one, the page open at the time is looked for later."""
    if not page.id or _UUID.fullmatch(page.id):
        return page.id or None
    return derived_id("faro page view", session, page.id)


def event(signal: FaroEvent, meta: Meta) -> WireEvent | None:
    """An event as ours; None for a resource that was neither slow nor failed."""
    attributes = signal.attributes or {}
    shown = _shown(signal.name, attributes, meta)
    if shown is not None:
        return _at(signal, shown)
    if signal.name == "faro.performance.resource":
        return _resource(signal, attributes, _page(meta))
    if signal.name.startswith("faro.tracing.") and _first(attributes, "url.full", "http.url"):
        return _request(signal, attributes, _page(meta))
    duration = as_number(attributes.get("duration"))
    return _at(
        signal,
        WireEvent(type="track", name=signal.name, duration_ms=_positive(duration), props=flat(attributes)),
    )


def _shown(name: str, attributes: Attributes, meta: Meta) -> WireEvent | None:
    """A page view, when the event is one.

    Once a page loads, Faro tells a session's start or resumption; only without sessions its navigation timing stands
    for it. Within a page, a change from one named view to another counts; where views have no names, a
    navigation within the document.
    """
    is_load = name in ("session_start", "session_resume")
    is_timing = name == "faro.performance.navigation" and not (meta.session and meta.session.id)
    is_view = name == "view_changed" and _known(text(attributes.get("fromView"))) is not None
    is_soft = name == "faro.navigation" and not _view(meta)
    if not (is_load or is_timing or is_view or is_soft):
        return None
    view = text(attributes.get("toView")) if is_view else ""
    url = _first(attributes, "name") if is_timing else _first(attributes, "toUrl") if is_soft else ""
    return WireEvent(type="page_view", step=view or None, url=url or None, props=flat(attributes) or None)


def _resource(signal: FaroEvent, attributes: Attributes, page: str) -> WireEvent | None:
    duration = as_number(attributes.get("duration")) or 0.0
    status = _status(attributes.get("responseStatus"))
    if duration <= _SLOW_MS and (status or 0) < _FAILED:
        return None
    told = _at(
        signal,
        WireEvent(
            type="resource",
            name=text(attributes.get("initiatorType")),
            source=place(text(attributes.get("name")), page),
            duration_ms=_positive(duration),
            status=status,
        ),
    )
    # When it ended: it may have begun before the session's start, which is the page view.
    told.time = _shifted(signal.timestamp, duration)
    return told


def _request(signal: FaroEvent, attributes: Attributes, page: str) -> WireEvent:
    """A traced request. Faro tells when it ended; ours is when it began."""
    duration = (as_number(attributes.get("duration_ns")) or 0.0) / 1e6
    told = _at(
        signal,
        WireEvent(
            type="request",
            name=signal.name.removeprefix("faro.tracing."),
            method=_first(attributes, "http.request.method", "http.method"),
            target=pattern(_first(attributes, "url.full", "http.url"), page),
            duration_ms=_positive(duration),
            status=_status(_first(attributes, "http.response.status_code", "http.status_code")) or 0,
        ),
    )
    told.time = _shifted(signal.timestamp, -duration)
    return told


def exception(signal: FaroException, meta: Meta) -> WireEvent:
    """An exception as an error, with the innermost frame of its stack as source."""
    frames = signal.stacktrace.frames if signal.stacktrace else []
    source = ""
    if frames and frames[0].filename:
        source = f"{place(frames[0].filename, _page(meta))}:{frames[0].lineno or 0}"
    props = flat(signal.context or {})
    if frames and frames[0].function and frames[0].function != "?":
        props["function"] = cut(frames[0].function, 256)
    return _at(
        signal,
        WireEvent(
            type="error", name=signal.type, message=signal.value, source=source or None, props=props or None
        ),
    )


def measurement(signal: Measurement) -> WireEvent:
    """A web vital as such, with the element and the URL behind it; other measurements as tracks."""
    values = {name: value for name, value in signal.values.items() if value is not None}
    context = signal.context or {}
    vital = next((name for name in _VITALS if name in values), "") if signal.type == "web-vitals" else ""
    if vital:
        used = (*_TARGETS, *_SOURCES, "id", "navigation_entry_id")
        rest = {name: value for name, value in context.items() if name not in used}
        parts = {name: value for name, value in values.items() if name not in (vital, "delta")}
        told = WireEvent(
            type="vital",
            name=vital.upper(),
            value=values[vital],
            target=_first(context, *_TARGETS) or None,
            source=without_query(_first(context, *_SOURCES)) or None,
            props=flat({**rest, **parts}) or None,
        )
        return _at(signal, told)
    alone = next(iter(values.values())) if len(values) == 1 else None
    return _at(
        signal,
        WireEvent(type="track", name=signal.type, value=alone, props=flat({**context, **values}) or None),
    )


def log(signal: Log) -> WireEvent:
    """A line of the console as a track named `log`."""
    props = flat({"level": signal.level, **(signal.context or {})})
    return _at(signal, WireEvent(type="track", name="log", message=signal.message, props=props or None))


def _at(item: FaroItem, told: WireEvent) -> WireEvent:
    told.time = item.timestamp
    told.trace_id = item.trace.trace_id if item.trace else None
    return told


def _page(meta: Meta) -> str:
    return (meta.page.url if meta.page else None) or ""


def _view(meta: Meta) -> str:
    return _known(meta.view.name if meta.view else None) or ""


def _known(value: str | None) -> str | None:
    return value if value and value != _UNKNOWN else None


def _first(attributes: Mapping[str, object], *names: str) -> str:
    return next((found for name in names if (found := text(attributes.get(name)))), "")


def _status(value: object) -> int | None:
    """An HTTP status; None where the browser could not tell it."""
    status = as_number(value)
    return int(status) if status is not None and 1 <= status <= 999 else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and value >= 0 else None


def _shifted(timestamp: str | None, ms: float) -> str | None:
    try:
        return (datetime.fromisoformat(timestamp or "") + timedelta(milliseconds=ms)).isoformat()
    except (ValueError, OverflowError):
        return timestamp
