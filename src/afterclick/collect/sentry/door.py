"""`POST /api/PROJECT/envelope/`: Sentry's SDKs. Its steps, and its answers."""

import re
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

import msgspec

from afterclick.collect.event.steps import EVENT_STEPS
from afterclick.collect.otlp.spans import record as span_record
from afterclick.collect.passage import refusal, steps
from afterclick.collect.passage.entry import enter
from afterclick.collect.passage.gate import Headers, key_of
from afterclick.collect.passage.passage import NOBODY, Answer, House, Passage, Step
from afterclick.collect.sentry.envelope import header_of, items_of
from afterclick.collect.sentry.items import Reader
from afterclick.errors import AfterclickError, Unauthorized

_SENTRY_KEY = re.compile(r"(?:^|[\s,])sentry_key=([^\s,]+)")
_EXPOSED = (b"access-control-expose-headers", b"X-Sentry-Rate-Limits, Retry-After")
_REMEMBERED = 4096


def authenticate(house: House, passage: Passage) -> None:
    """Find what the key opens: Sentry's ways, or any that our own doors know.

    A key that stands in the envelope's `dsn` alone is looked at once the body is read.
    """
    key = _key(passage.headers, passage.query)
    if not key:
        try:
            key = key_of(passage.headers, passage.query)
        except Unauthorized:
            return
    enter(house, passage, key)


def open_by_dsn(house: House, passage: Passage) -> None:
    """Read the envelope's headers: its `dsn` when no key came otherwise, and the sender's clock."""
    if passage.grant is NOBODY and not passage.body:
        raise _missing()
    header = header_of(passage.body)
    passage.sent_at = header.sent_at
    if passage.grant is NOBODY:
        enter(house, passage, _user(header.dsn or ""))
        steps.limit(house, passage)


def decode(_: House, passage: Passage) -> None:
    """Read the items and map them to events and spans; one that cannot be read is refused alone."""
    reader = Reader(passage)
    for item in items_of(passage.body):
        reader.read(item)


def answer(passage: Passage) -> Answer:
    """200 with the envelope's id, as Sentry answers."""
    return Answer(
        200, "application/json", msgspec.json.encode({"id": header_of(passage.body).event_id}), (_EXPOSED,)
    )


def refuse(_: Passage, error: AfterclickError) -> Answer:
    """The error's status and its sentence; when it is to be tried later, for how long SDKs are to send nothing."""
    wait = refusal.retry_after(error)
    limits = ((b"x-sentry-rate-limits", f"{wait}::key".encode()),) if wait is not None else ()
    content = msgspec.json.encode({"detail": str(error), "causes": list[str]()})
    return Answer(error.status, "application/json", content, (_EXPOSED, *limits))


def _key(headers: Headers, query: bytes) -> str:
    for name in (b"x-sentry-auth", b"authorization"):
        if found := _SENTRY_KEY.search(headers.get(name, b"").decode("latin-1")):
            return found[1]
    return _key_in_query(query) if query else ""


@lru_cache(_REMEMBERED)
def _key_in_query(query: bytes) -> str:
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=20).get("sentry_key", [""])[0]
    except ValueError:
        return ""


def _user(dsn: str) -> str:
    """The public key of a DSN: `http://KEY@host/1`."""
    try:
        key = urlsplit(dsn).username
    except ValueError:
        key = None
    if not key:
        raise _missing()
    return key


def _missing() -> Unauthorized:
    return Unauthorized(
        "Send your key in X-Sentry-Auth, ?sentry_key= or the envelope's dsn; `afterclick keys` tells it."
    )


STEPS = (
    Step("authenticate", authenticate),
    Step("limit", steps.limit),
    Step("read", steps.read),
    Step("open", open_by_dsn),
    Step("decode", decode),
    *EVENT_STEPS,
    Step("validate_spans", span_record.validate),
    Step("clean_spans", span_record.clean),
    Step("spool", steps.spool),
)
