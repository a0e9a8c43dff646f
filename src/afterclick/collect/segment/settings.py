"""`GET /v1/projects/KEY/settings`: what analytics.js asks a CDN for before it starts; we send it to our own doors.

Source: `CDNSettings` of `@segment/analytics-next` 1.84. No destination is listed, so it loads no script from anywhere.
"""

import re

import msgspec

from afterclick.collect.passage import steps
from afterclick.collect.passage.entry import enter
from afterclick.collect.passage.gate import Headers
from afterclick.collect.passage.passage import Answer, House, Passage, Step
from afterclick.errors import AfterclickError, InvalidInput

PATH = re.compile(r"/v1/projects/([^/]{1,128})/settings")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_LOCAL = re.compile(r"(localhost|127\.[0-9.]+|\[::1\])(:\d+)?")
_FIVE_MINUTES = ((b"cache-control", b"private, max-age=300"),)


def authenticate(house: House, passage: Passage) -> None:
    """Find what the key in the path opens."""
    enter(house, passage, _key(passage))


def answer(passage: Passage) -> Answer:
    """The settings with Segment's own integration alone, pointing to where the request came in.

    Raises InvalidInput when the Host header is none.
    """
    host = _host(passage.headers)
    segment = {
        "apiKey": _key(passage),
        "apiHost": f"{host}/v1",
        "protocol": _protocol(passage.headers, host),
        "addBundledMetadata": False,
    }
    content = {
        "integrations": {"Segment.io": segment},
        "plan": {},
        "edgeFunction": {},
        "metrics": {"sampleRate": 0},
    }
    return Answer(200, "application/json", msgspec.json.encode(content), _FIVE_MINUTES)


def refuse(_: Passage, error: AfterclickError) -> Answer:
    """The error's status and its sentence."""
    return Answer(error.status, "application/json", msgspec.json.encode({"error": str(error)}))


def _key(passage: Passage) -> str:
    found = PATH.fullmatch(passage.path)
    return found[1] if found else ""


def _host(headers: Headers) -> str:
    host = _first(headers, b"x-forwarded-host") or _first(headers, b"host")
    if not _HOST.fullmatch(host):
        raise InvalidInput("The Host header names no host; ask for the settings by the collector's address.")
    return host


def _protocol(headers: Headers, host: str) -> str:
    """The proxy's word; else what the page's own address demands, since a secure page may send to secure ones only."""
    forwarded = _first(headers, b"x-forwarded-proto").lower()
    if forwarded in ("http", "https"):
        return forwarded
    is_secure_page = headers.get(b"origin", b"").startswith(b"https://")
    return "https" if is_secure_page and not _LOCAL.fullmatch(host) else "http"


def _first(headers: Headers, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").partition(",")[0].strip()


STEPS = (Step("authenticate", authenticate), Step("limit", steps.limit))
