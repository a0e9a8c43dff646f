"""`POST /hooks/SOURCE`: signed webhooks of shops, help desks, call centres and tills. Its steps, and its answers.

A body is signed by HMAC-SHA256 (RFC 2104) with the source's secret, and told as hex or base64, with or without
`sha256=` before it.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

import msgspec

from afterclick.accounts import Grant
from afterclick.collect.event import door as events
from afterclick.collect.event.healing import of_fields
from afterclick.collect.event.steps import EVENT_STEPS
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.hooks.sources import HookSource
from afterclick.collect.mapping.value import Unmapped
from afterclick.collect.passage import salvage, steps
from afterclick.collect.passage.passage import House, Passage, Step
from afterclick.collect.passage.refusal import Unsupported
from afterclick.collect.transport.density import check_density
from afterclick.errors import InvalidInput, TooLarge, Unauthorized

MOST_EVENTS = 10_000
"""Events that one request may hold: more would keep others waiting."""

_DOCUMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

answer = events.answer
refuse = events.refuse


def check_source(house: House, passage: Passage) -> None:
    """Refuse a source that is not known, before its body is read."""
    _source(house, passage)
    if passage.headers.get(b"content-encoding", b"identity") != b"identity":
        raise Unsupported("A webhook's body is signed as it is sent; send it without Content-Encoding.")


def verify(house: House, passage: Passage) -> None:
    """Find whose data it is, when the signature of the body is right."""
    source = _source(house, passage)
    given = _signature(passage.headers.get(source.header, b""))
    if not hmac.compare_digest(hmac.digest(source.secret, passage.body, hashlib.sha256), given):
        raise _unauthorized()
    passage.grant = Grant(source.site, f"hook {source.name}")


def decode(house: House, passage: Passage) -> None:
    """Read one document or an array of them, and map each; one that does not fit is refused alone."""
    mapping = _source(house, passage).mapping
    check_density(passage.body)
    rows = _documents(passage.body.strip())
    if len(rows) > MOST_EVENTS:
        raise TooLarge(f"A request may hold {MOST_EVENTS} documents; send smaller batches.")
    for index, row in enumerate(rows):
        try:
            event, left_out = _event(mapping.event(salvage.object_of(row)))
        except Unmapped as error:
            passage.drop(index, "unmapped", str(error))
        except msgspec.ValidationError as error:
            passage.drop(index, "wrong_type", f"{error}.")
        except _MALFORMED as error:
            passage.drop(index, "malformed", f"Not readable as a JSON object: {error}.")
        else:
            passage.events.append((index, event))
            if left_out:
                passage.leave_out(index, left_out)
    if rows and passage.dropped.get("malformed") == len(rows):
        raise InvalidInput(f"The body is no JSON object or array of objects: {passage.listed[0].message}")


def _documents(body: bytes) -> Sequence[bytes | msgspec.Raw]:
    if not body.startswith(b"["):
        return [body]
    try:
        return _DOCUMENTS.decode(body)
    except _MALFORMED as error:
        found = salvage.parts(body).elements
        if len(found) > 1 or salvage.whole_characters(body) != body:
            return found
        raise InvalidInput(f"The body is no JSON object or array of objects: {error}.") from error


def _event(told: dict[str, object]) -> tuple[WireEvent, list[str]]:
    """The event that a mapping made, and the fields of it that could not be read."""
    try:
        return msgspec.convert(told, WireEvent), []
    except msgspec.ValidationError:
        return of_fields(told)


def _source(house: House, passage: Passage) -> HookSource:
    source = house.hooks.find(passage.path.removeprefix("/hooks/").strip("/"))
    if source is None:
        raise _unauthorized()
    return source


def _signature(header: bytes) -> bytes:
    """The digest as told; empty when it is none."""
    told = header.strip().removeprefix(b"sha256=")
    try:
        return binascii.unhexlify(told) if len(told) == 64 else base64.b64decode(told, validate=True)
    except binascii.Error:
        return b""


def _unauthorized() -> Unauthorized:
    return Unauthorized("The source is unknown, or the signature is not its own; see docs/collect.md.")


STEPS = (
    Step("authenticate", check_source),
    Step("read", steps.read),
    Step("verify", verify),
    Step("limit", steps.limit),
    Step("decode", decode),
    *EVENT_STEPS,
    Step("spool", steps.spool),
)
