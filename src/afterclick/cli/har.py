"""HAR files, which browsers' developer tools and Playwright save, as events of one visit.

Source: HTTP Archive 1.2 (W3C draft), and `_resourceType`, which Chromium adds.
"""

from collections.abc import Iterator
from typing import IO

import msgspec

from afterclick.cli.left import Left
from afterclick.collect.event.addresses import pattern, place
from afterclick.collect.event.derived_id import derived_id
from afterclick.errors import InvalidInput

_SLOW_MS = 1000
_FAILED = 400
_REQUESTS = ("xhr", "fetch")
_RESOURCES = {"script": "script", "stylesheet": "css", "image": "img", "font": "font", "media": "media"}
_KINDS = (
    ("html", "document"),
    ("javascript", "script"),
    ("css", "stylesheet"),
    ("image/", "image"),
    ("font", "font"),
)


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


class Response(msgspec.Struct):
    """`response`; status 0 or -1: no answer."""

    status: int = 0
    content: Content = msgspec.field(default_factory=Content)


class Entry(msgspec.Struct, rename="camel"):
    """One request; `time` in ms."""

    request: Request
    response: Response
    started_date_time: str
    time: float = 0
    pageref: str = ""
    kind: str = msgspec.field(default="", name="_resourceType")


class Page(msgspec.Struct, rename="camel"):
    """One page that was shown."""

    id: str
    started_date_time: str
    title: str = ""


class Log(msgspec.Struct):
    """`log`."""

    entries: list[Entry] = []
    pages: list[Page] = []


class Har(msgspec.Struct):
    """The file."""

    log: Log


def events(file: IO[bytes], left: Left) -> Iterator[dict[str, object]]:
    """Pages as page views, fetches as requests, slow or failed resources as such; the rest is counted.

    Raises InvalidInput when the file is no HAR.
    """
    try:
        log = msgspec.json.decode(file.read(), type=Har).log
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The file is no HAR: {error}.") from error
    first = min((page.started_date_time for page in log.pages), default="")
    session = derived_id("har", first, log.entries[0].started_date_time if log.entries else "")
    shown = {
        page.id: (derived_id("har", session, page.id), _address(page, log.entries)) for page in log.pages
    }
    for page in log.pages:
        view, url = shown[page.id]
        yield {
            "type": "page_view",
            "time": page.started_date_time,
            "session_key": session,
            "page_view_id": view,
            "url": url,
        }
    for entry in log.entries:
        view, url = shown.get(entry.pageref, ("", ""))
        told = _event(entry, url)
        if told is None:
            left.add(
                "not_kept",
                "Pages' own documents, and resources that were neither slow nor failed, are not kept.",
            )
        else:
            joined: dict[str, object] = {
                "session_key": session,
                "url": url or None,
                "page_view_id": view or None,
            }
            yield joined | {"time": entry.started_date_time, "duration_ms": max(0.0, entry.time)} | told


def _event(entry: Entry, page: str) -> dict[str, object] | None:
    kind, status = entry.kind or _kind(entry.response.content.mime_type), max(0, entry.response.status)
    url = entry.request.url
    is_told = entry.time > _SLOW_MS or status >= _FAILED or status == 0
    if kind in _RESOURCES:
        return (
            {"type": "resource", "name": _RESOURCES[kind], "source": place(url, page), "status": status}
            if is_told
            else None
        )
    if kind in _REQUESTS or (kind == "document" and (status >= _FAILED or status == 0)):
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
    """The address of a page: its first document's, else its title when that is one."""
    of_page = (entry for entry in entries if entry.pageref == page.id)
    first = next((entry.request.url for entry in of_page), "")
    return first or (page.title if page.title.startswith(("http://", "https://")) else "")


def _trace(headers: list[Header]) -> str | None:
    """The trace id of `traceparent` (W3C Trace Context)."""
    sent = next((header.value for header in headers if header.name.lower() == "traceparent"), "")
    parts = sent.split("-")
    return parts[1] if len(parts) == 4 and len(parts[1]) == 32 else None
