"""HAR files, which browsers' developer tools and Playwright save, as events of one visit.

Source: HTTP Archive 1.2 (W3C draft), and `_resourceType`, which Chromium adds.
"""

from collections.abc import Iterator
from typing import IO, TypeVar

import msgspec

from afterclick.cli.left import Left
from afterclick.collect.event.addresses import pattern, place
from afterclick.collect.event.derived_id import derived_id
from afterclick.collect.passage.drops import kept_without
from afterclick.collect.passage.fit import Lenient, as_number
from afterclick.errors import InvalidInput

_SLOW_MS = 1000
_REDIRECTS, _FAILED = 300, 400
_REQUESTS = ("xhr", "fetch")
_LCP = ("_largestContentfulPaint", "largestContentfulPaint", "_LCP")
_RESOURCES = {"script": "script", "stylesheet": "css", "image": "img", "font": "font", "media": "media"}
_KINDS = (
    ("html", "document"),
    ("javascript", "script"),
    ("css", "stylesheet"),
    ("image/", "image"),
    ("font", "font"),
)

T = TypeVar("T")


class Header(msgspec.Struct):
    """A header of a request."""

    name: str = ""
    value: str = ""


class Request(msgspec.Struct):
    """`request`."""

    method: str = ""
    url: str = ""
    headers: list[Header] = []


class Content(msgspec.Struct, rename="camel"):
    """`response.content`."""

    mime_type: str = ""


class Timings(msgspec.Struct):
    """`timings`, ms; -1 or null where it does not apply. `connect` holds what TLS took."""

    blocked: float | None = None
    dns: float | None = None
    connect: float | None = None
    send: float | None = None
    wait: float | None = None

    @property
    def to_answer(self) -> float:
        """From the start of the request to the first byte of its answer."""
        parts = (self.blocked, self.dns, self.connect, self.send, self.wait)
        return sum(part for part in parts if part is not None and part > 0)


class Response(msgspec.Struct):
    """`response`; status 0 or -1: no answer, None: not told."""

    status: int | None = None
    content: Content = msgspec.field(default_factory=Content)


class Entry(msgspec.Struct, rename="camel"):
    """One request; `time` in ms."""

    request: Request
    response: Response
    started_date_time: str
    time: float = 0
    pageref: str = ""
    kind: str = msgspec.field(default="", name="_resourceType")
    timings: Timings = msgspec.field(default_factory=Timings)

    @property
    def is_redirect(self) -> bool:
        """Whether it shows nothing itself: it sent the browser elsewhere, or to what it had already."""
        return self.response.status is not None and _REDIRECTS <= self.response.status < _FAILED

    @property
    def has_failed(self) -> bool:
        """Whether the answer was an error, or none came."""
        return self.response.status is not None and not 0 < self.response.status < _FAILED


class Page(msgspec.Struct, rename="camel"):
    """One page that was shown."""

    id: str
    started_date_time: str
    title: str = ""
    page_timings: dict[str, object] = {}
    lcp: float | None = msgspec.field(default=None, name="_largestContentfulPaint")


class Log(msgspec.Struct):
    """`log`, its entries and pages not looked into yet."""

    entries: list[msgspec.Raw] | None = None
    pages: list[msgspec.Raw] | None = None


class Har(msgspec.Struct):
    """The file."""

    log: Log


_HAR, _ENTRY, _PAGE = Lenient(Har), Lenient(Entry), Lenient(Page)


def read_log(file: IO[bytes], left: Left) -> Log:
    """The file's log; raises InvalidInput when it is no HAR."""
    odd: list[str] = []
    try:
        log = _HAR.decode(file.read().decode("utf-8-sig", "replace").encode(), odd).log
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInput(f"The file is no HAR: {error}.") from error
    if "entries" in odd:
        raise InvalidInput("The file is no HAR: its `log.entries` is no list.")
    if odd:
        left.add("odd_field", kept_without(odd))
    return log


def events(file: IO[bytes], left: Left) -> Iterator[dict[str, object]]:
    """Pages as page views, fetches as requests, slow or failed resources as such; the rest is counted.

    Raises InvalidInput when the file is no HAR.
    """
    log = read_log(file, left)
    entries, pages = list(_sound(log.entries, _ENTRY, left)), list(_sound(log.pages, _PAGE, left))
    first = min((page.started_date_time for page in pages), default="")
    session = derived_id("har", first, entries[0].started_date_time if entries else "")
    shown = {page.id: (derived_id("har", session, page.id), _address(page, entries)) for page in pages}
    agent = _agent(entries)
    for page in pages:
        view, url = shown[page.id]
        of_page: dict[str, object] = {"time": page.started_date_time, "session_key": session}
        of_page |= {"page_view_id": view, "url": url, "user_agent": agent}
        yield of_page | {"type": "page_view"}
        yield from (of_page | told for told in _vitals(page, entries))
    for entry in entries:
        view, url = shown.get(entry.pageref, ("", ""))
        told = _event(entry, url)
        if told is None:
            left.add(
                "not_kept",
                "Pages' own documents, redirects, 304s, and resources that were neither slow nor failed, are not kept.",
            )
        else:
            joined: dict[str, object] = {
                "session_key": session,
                "url": url or None,
                "page_view_id": view or None,
                "user_agent": agent,
            }
            yield joined | {"time": entry.started_date_time, "duration_ms": max(0.0, entry.time)} | told


def _sound(found: list[msgspec.Raw] | None, kind: Lenient[T], left: Left) -> Iterator[T]:
    """Those that can be read, null taken for left out; what is left out of them and the others are counted."""
    for raw in found or ():
        odd: list[str] = []
        try:
            one = kind.decode(raw, odd)
        except (msgspec.DecodeError, RecursionError) as error:
            left.add("malformed", f"Not readable as an entry or page of a HAR: {error}.")
            continue
        if odd:
            left.add("odd_field", kept_without(odd))
        yield one


def _event(entry: Entry, page: str) -> dict[str, object] | None:
    if entry.is_redirect:
        return None
    kind = entry.kind or _kind(entry.response.content.mime_type)
    status = None if entry.response.status is None else max(0, entry.response.status)
    url = entry.request.url
    if kind in _RESOURCES:
        return (
            {"type": "resource", "name": _RESOURCES[kind], "source": place(url, page), "status": status}
            if entry.time > _SLOW_MS or entry.has_failed
            else None
        )
    if kind in _REQUESTS or (kind == "document" and entry.has_failed):
        return {
            "type": "request",
            "method": entry.request.method,
            "target": pattern(url, page),
            "status": status,
            "trace_id": _trace(entry.request.headers),
        }
    return None


def _kind(mime: str) -> str:
    """The kind of a resource by its media type; anything else is taken for a fetch."""
    return next((kind for part, kind in _KINDS if part in mime), "fetch")


def _address(page: Page, entries: list[Entry]) -> str:
    """The address of a page: its first document's, behind all redirects, else its title when that is one."""
    of_page = (entry for entry in entries if entry.pageref == page.id and not entry.is_redirect)
    first = next((entry.request.url for entry in of_page), "")
    return first or (page.title if page.title.startswith(("http://", "https://")) else "")


def _vitals(page: Page, entries: list[Entry]) -> Iterator[dict[str, object]]:
    """TTFB, by the document and the redirects before it, and LCP, where the tool that wrote the file measured it."""
    found = {"TTFB": _first_byte(page, entries), "LCP": page.lcp if page.lcp is not None else _lcp(page)}
    for name, value in found.items():
        if value is not None and value > 0:
            yield {"type": "vital", "name": name, "value": value}


def _first_byte(page: Page, entries: list[Entry]) -> float | None:
    before = 0.0
    for entry in entries:
        if entry.pageref == page.id and entry.is_redirect and not entry.kind.startswith(_REQUESTS):
            before += max(0.0, entry.time)
        elif entry.pageref == page.id:
            waited = entry.timings.to_answer
            return before + waited if waited else None
    return None


def _lcp(page: Page) -> float | None:
    """As browsers' developer tools and sitespeed.io write it, each under a name of its own."""
    return next(
        (found for name in _LCP if (found := as_number(page.page_timings.get(name))) is not None), None
    )


def _agent(entries: list[Entry]) -> str | None:
    headers = (header for entry in entries for header in entry.request.headers)
    return next(
        (header.value for header in headers if header.name.lower() == "user-agent" and header.value), None
    )


def _trace(headers: list[Header]) -> str | None:
    """The trace id of `traceparent` (W3C Trace Context)."""
    sent = next((header.value for header in headers if header.name.lower() == "traceparent"), "")
    parts = sent.split("-")
    return parts[1] if len(parts) == 4 and len(parts[1]) == 32 else None
