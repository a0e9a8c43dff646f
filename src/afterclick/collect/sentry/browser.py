"""What a browser's spans of Sentry tell of its customer: page views, vitals, requests, slow resources, long tasks."""

from collections.abc import Iterator

from afterclick.collect.event.addresses import pattern, place
from afterclick.collect.event.derived_id import derived_id
from afterclick.collect.event.flat import text
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.cleaning import without_query
from afterclick.collect.passage.fit import as_number
from afterclick.collect.sentry.spans import VITALS, Told

_SHOWN = ("pageload", "navigation")
_LONG_TASKS = ("ui.long-task", "ui.long-animation-frame")
_SLOW_MS = 1000
_FAILED = 400


def events_of(told: Told, start_ns: int, end_ns: int, page: str) -> Iterator[WireEvent]:
    """The events in a span; `page` is the address of the page or, when that is not told, its origin."""
    for name in VITALS:
        value = as_number(told.data.get(f"browser.web_vital.{name}.value"))
        if value is not None:
            yield _with_id(told, name, _vital(told, name, value, end_ns))
    if told.op in _SHOWN:
        shown = text(told.data.get("url.full")) or page
        view = WireEvent(type="page_view", time=start_ns // 1_000_000, url=shown or None)
        yield _with_id(told, "page_view", view)
    elif told.op == "http.client" and told.origin.startswith("auto.http.browser"):
        yield _with_id(told, "request", _request(told, start_ns, end_ns, page))
    elif told.op.startswith("resource.") and _is_told(told, end_ns - start_ns):
        yield _with_id(told, "resource", _resource(told, start_ns, end_ns, page))
    elif told.op in _LONG_TASKS:
        task = WireEvent(type="long_task", time=start_ns // 1_000_000, duration_ms=_ms(start_ns, end_ns))
        yield _with_id(told, "long_task", task)


def is_browsers(told: Told) -> bool:
    """Whether a browser's SDK told this span."""
    return (
        told.op in _SHOWN
        or told.op.startswith(("ui.", "browser.", "resource."))
        or told.origin.startswith(("auto.http.browser", "auto.ui.browser"))
    )


def _vital(told: Told, name: str, value: float, end_ns: int) -> WireEvent:
    about = f"browser.web_vital.{name}"
    target = next(
        (
            found
            for part in ("element", "target", "source.1")
            if (found := text(told.data.get(f"{about}.{part}")))
        ),
        "",
    )
    if not target and name == "inp":
        target = told.name
    return WireEvent(
        type="vital",
        name=name.upper(),
        time=end_ns // 1_000_000,
        value=value,
        target=target or None,
        source=without_query(text(told.data.get(f"{about}.url"))) or None,
    )


def _request(told: Told, start_ns: int, end_ns: int, page: str) -> WireEvent:
    url = _url(told)
    return WireEvent(
        type="request",
        time=start_ns // 1_000_000,
        name=text(told.data.get("type")) or None,
        method=_method(told),
        target=pattern(url, page),
        duration_ms=_ms(start_ns, end_ns),
        status=_status(told) or 0,
    )


def _resource(told: Told, start_ns: int, end_ns: int, page: str) -> WireEvent:
    return WireEvent(
        type="resource",
        time=start_ns // 1_000_000,
        name=told.op.removeprefix("resource."),
        source=place(_url(told), page),
        duration_ms=_ms(start_ns, end_ns),
        status=_status(told),
    )


def _is_told(told: Told, duration_ns: int) -> bool:
    return duration_ns > _SLOW_MS * 1_000_000 or (_status(told) or 0) >= _FAILED


def _with_id(told: Told, what: str, event: WireEvent) -> WireEvent:
    event.id = derived_id("sentry", told.trace_id, told.span_id, what)
    event.trace_id = told.trace_id
    return event


def _url(told: Told) -> str:
    """The address; older SDKs tell it as the span's name, behind the method."""
    found = text(told.data.get("url.full")) or text(told.data.get("http.url")) or text(told.data.get("url"))
    return found or told.name.rpartition(" ")[2]


def _method(told: Told) -> str:
    method = text(told.data.get("http.request.method")) or text(told.data.get("http.method"))
    return method or told.name.partition(" ")[0]


def _status(told: Told) -> int | None:
    status = as_number(told.data.get("http.response.status_code"))
    return int(status) if status is not None and 0 <= status <= 999 else None


def _ms(start_ns: int, end_ns: int) -> float:
    return max(0, end_ns - start_ns) / 1e6
