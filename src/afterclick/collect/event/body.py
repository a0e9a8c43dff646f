"""Reads the body of `POST /v1/events` in its four forms: one event, an array, NDJSON, an envelope."""

import msgspec

from afterclick.collect.event.healing import of_object
from afterclick.collect.event.wire import Envelope, Head, WireEvent, merge
from afterclick.collect.passage import salvage
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.refusal import Unsupported
from afterclick.errors import InvalidInput, TooLarge

MOST_EVENTS = 10_000
"""Events that one request may hold: more would keep others waiting."""

_MEDIA_TYPES = ("application/json", "application/x-ndjson", "application/ndjson", "text/plain", "")
_LINES = ("application/x-ndjson", "application/ndjson")
_EVENT = msgspec.json.Decoder(WireEvent)
_ARRAY = msgspec.json.Decoder(list[WireEvent])
_HEAD = msgspec.json.Decoder(Head)
_ENVELOPE = msgspec.json.Decoder(Envelope)
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(_: House, passage: Passage) -> None:
    """Read the body in any of its four forms; what cannot be read is refused event by event."""
    if passage.media_type not in _MEDIA_TYPES:
        raise Unsupported("Send events as application/json, application/x-ndjson or text/plain.")
    body = passage.body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise InvalidInput("The body is empty; send an event, an array of events, or NDJSON.")
    try:
        events = _whole(passage, body, passage.media_type in _LINES)
    except (msgspec.ValidationError, *_MALFORMED):
        _salvage(passage, body)
    else:
        passage.events = list(enumerate(events))
    if len(passage.events) > MOST_EVENTS:
        raise _too_many()


def _whole(passage: Passage, body: bytes, is_lines: bool) -> list[WireEvent]:
    if is_lines:
        return _EVENT.decode_lines(body)
    if body.startswith(b"["):
        return _ARRAY.decode(body)
    if b'"events"' not in body:
        return [_EVENT.decode(body)]
    envelope = _ENVELOPE.decode(body)
    passage.sent_at = envelope.sent_at
    if envelope.context is not None:
        merge(envelope.context, envelope.events)
    return envelope.events


def _salvage(passage: Passage, body: bytes) -> None:
    as_lines = passage.media_type in _LINES or salvage.is_lines(body)
    parts = salvage.lines(body) if as_lines else salvage.parts(body)
    context, not_shared = _context(parts.context)
    passage.sent_at = _sent_at(body)
    if len(parts.elements) > MOST_EVENTS:
        raise _too_many()
    for index, element in enumerate(parts.elements):
        try:
            event, left_out = _element(element)
        except msgspec.ValidationError as error:
            passage.drop(index, "wrong_type", f"{error}.")
        except _MALFORMED as error:
            passage.drop(index, "malformed", f"Not readable as a JSON object: {error}.")
        else:
            passage.events.append((index, event))
            if not_shared or left_out:
                passage.leave_out(index, [*not_shared, *left_out])
    if context is not None:
        merge(context, [event for _, event in passage.events])
    if not passage.events and not passage.dropped.get("wrong_type"):
        raise InvalidInput(f"Nothing in the body can be read as JSON events: {_first(passage)}")


def _too_many() -> TooLarge:
    return TooLarge(f"A request may hold {MOST_EVENTS} events; send smaller batches.")


def _sent_at(body: bytes) -> int | float | str | None:
    """The envelope's, when the body is readable but for the types of some events."""
    try:
        return _HEAD.decode(body).sent_at
    except (msgspec.ValidationError, *_MALFORMED):
        return None


def _element(element: bytes) -> tuple[WireEvent, list[str]]:
    """An event, and the fields that could not be read; raises as msgspec does when it is no JSON object."""
    try:
        return _EVENT.decode(element), []
    except msgspec.ValidationError:
        return of_object(element)
    except msgspec.DecodeError:
        mended = salvage.whole_characters(element)
        if mended == element:
            raise
        return of_object(mended)


def _context(raw: bytes) -> tuple[WireEvent | None, list[str]]:
    """The context, and what all events are kept without because it could not be read."""
    if not raw:
        return None, []
    try:
        return _element(raw)
    except msgspec.ValidationError:
        return None, ["context"]
    except _MALFORMED as error:
        raise InvalidInput(f"The context of the envelope cannot be read: {error}.") from error


def _first(passage: Passage) -> str:
    return passage.listed[0].message if passage.listed else "it holds no events."
