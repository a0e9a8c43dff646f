"""Reads the body of a Segment request: one call, or a batch of them; a bad call is refused alone."""

import msgspec

from afterclick.collect.event.body import MOST_EVENTS
from afterclick.collect.passage import salvage
from afterclick.collect.passage.fit import Lenient
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.refusal import Unsupported
from afterclick.collect.segment.event import event_of, unread
from afterclick.collect.segment.wire import KINDS, Batch, Call, Context, Head
from afterclick.errors import InvalidInput, TooLarge

_MEDIA_TYPES = ("application/json", "text/plain", "")
_SHORT = {"t": "track", "p": "page", "i": "identify", "g": "group", "a": "alias", "s": "screen"}
_ONE = msgspec.json.Decoder(Call)
_CALL = Lenient(Call)
_BATCH = msgspec.json.Decoder(Batch)
_HEAD = Lenient(Head)
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(house: House, passage: Passage) -> None:
    """Read the calls and map them to events; what cannot be read is refused call by call."""
    if passage.media_type not in _MEDIA_TYPES:
        raise Unsupported("Send Segment calls as application/json or text/plain.")
    body = passage.body.removeprefix(b"\xef\xbb\xbf").strip()
    calls = _calls(passage, body)
    if len(calls) > MOST_EVENTS:
        raise TooLarge(f"A request may hold {MOST_EVENTS} calls; send smaller batches.")
    kind = _kind_of(passage.path)
    for index, call in calls:
        named = kind or call.type or ""
        if named in KINDS:
            event = event_of(call, named, passage.grant.site, passage.grant.currency)
            passage.events.append((index, event))
            if event.value is None and named == "track" and (odd := unread(call, event)):
                passage.leave_out(index, odd)
        else:
            passage.drop(index, "unknown_type", f"A call's `type` is one of {', '.join(sorted(KINDS))}.")
    if not calls and not passage.dropped:
        raise InvalidInput("The batch is empty; send at least one call in `batch`.")


def _kind_of(path: str) -> str:
    """The type of the calls at a path; empty for a batch, whose calls tell it themselves."""
    last = path.rpartition("/")[2]
    return _SHORT.get(last, last) if last not in ("batch", "b") else ""


def _calls(passage: Passage, body: bytes) -> list[tuple[int, Call]]:
    try:
        if not _kind_of(passage.path):
            batch = _BATCH.decode(body)
            passage.sent_at = _text(batch.sent_at)
            return list(enumerate(_under(batch.context, batch.batch)))
        call = _ONE.decode(body)
        passage.sent_at = _text(call.sent_at)
    except _MALFORMED:
        return _salvaged(passage, body)
    return [(0, call)]


def _salvaged(passage: Passage, body: bytes) -> list[tuple[int, Call]]:
    is_batch = not _kind_of(passage.path)
    shared: list[str] = []
    head = _head(body, shared)
    passage.sent_at = _text(head.sent_at)
    elements = salvage.parts(body, "batch").elements if is_batch else [body]
    found: list[tuple[int, Call]] = []
    for index, element in enumerate(elements):
        odd = [*shared] if is_batch else []
        try:
            found.append((index, _CALL.decode(element, odd)))
        except msgspec.ValidationError as error:
            passage.drop(index, "wrong_type", f"{error}.")
        except _MALFORMED as error:
            passage.drop(index, "malformed", f"Not readable as a call: {error}.")
        else:
            if odd:
                passage.leave_out(index, odd)
    if not found and not passage.dropped.get("wrong_type"):
        raise InvalidInput("Nothing in the body can be read as a Segment call; send JSON.")
    _under(head.context, [call for _, call in found])
    return found


def _text(sent_at: object) -> str | None:
    """The sender's clock, which the specification has as ISO 8601: anything else must not move every event."""
    return sent_at if isinstance(sent_at, str) else None


def _head(body: bytes, odd: list[str]) -> Head:
    try:
        return _HEAD.decode(body, odd)
    except _MALFORMED:
        return Head()


def _under(shared: object, calls: list[Call]) -> list[Call]:
    """The calls, with the context of the batch where their own tells nothing."""
    if isinstance(shared, Context):
        for call in calls:
            own = call.context if isinstance(call.context, Context) else Context()
            told = {name: getattr(own, name) or getattr(shared, name) for name in Context.__struct_fields__}
            call.context = Context(**told)
    return calls
