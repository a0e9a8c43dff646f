"""Marks from outside: a release, a campaign, a note; appended by the front door like any other event."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from afterclick.accounts.policy import Capability
from afterclick.errors import InvalidInput
from afterclick.signals import Event
from afterclick.web.endpoint import Call, Endpoint

Words = Annotated[str, msgspec.Meta(max_length=200)]


class MarkRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A mark: a `release` of `target` (a service or `web`), a campaign or a note.

    `time` is ms since 1970 or ISO 8601 with a zone; now when left out.
    """

    name: Literal["release", "campaign", "note"]
    target: Words = ""
    release: Words = ""
    message: Words = ""
    time: int | datetime | None = None


class MarkReply(msgspec.Struct):
    """What was appended."""

    event_id: str
    time: int


def mark(call: Call[MarkRequest]) -> MarkReply:
    """Append the mark, so that it is stored like anyone's data."""
    event = mark_event(call.body, call.site, call.desk.clock())
    call.desk.mark(event)
    return MarkReply(event.event_id, event.time)


def mark_event(body: MarkRequest, site: str, now: int) -> Event:
    """The event that a mark becomes.

    Raises InvalidInput for a release that names no version, a time without a zone, or one more than a minute ahead.
    """
    if body.name == "release" and not body.release:
        raise InvalidInput(
            'A release needs its version: {"name": "release", "target": "web", "release": "1.4.2"}.'
        )
    time = _time(body.time, now)
    if not 0 <= time <= now + 60_000:
        raise InvalidInput("A mark's time must lie between 1970 and now.")
    return Event(
        site=site, event_id=str(uuid.uuid4()), type="mark", time=time, received=now,
        name=body.name, target=body.target, release=body.release, message=body.message,
    )  # fmt: skip


def _time(given: int | datetime | None, now: int) -> int:
    if given is None:
        return now
    if isinstance(given, int):
        return given
    if given.tzinfo is None:
        raise InvalidInput("A mark's time needs its zone, such as 2026-11-03T14:20:00Z.")
    return round(given.timestamp() * 1000)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/marks",
        Capability.MARK,
        "Puts a mark on the time line: a release, a campaign, a note.",
        MarkReply,
        mark,
        takes=MarkRequest,
        status=202,
    ),
)
