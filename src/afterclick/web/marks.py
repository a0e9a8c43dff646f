"""Marks from outside: a release, a campaign, a note; appended by the front door like any other event."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from afterclick.accounts.policy import Capability
from afterclick.errors import InvalidInput, TooLarge
from afterclick.signals import Event
from afterclick.web.desk import Desk
from afterclick.web.drawing import json
from afterclick.web.lens import chosen_site
from afterclick.web.routing import Routes

LARGEST = 16_384
Words = Annotated[str, msgspec.Meta(max_length=200)]


class MarkRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /api/marks`: a `release` of `target` (a service or `web`), a campaign or a note.

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


def routes(desk: Desk) -> Routes:
    """`POST /api/marks`."""
    added = Routes()

    @added.post("/api/marks", needs=Capability.MARK, status_code=202)
    async def mark(request: Request) -> Response:
        body = await _body(request)
        site = await run_in_threadpool(chosen_site, desk, request.state.viewer, request.query_params)
        event = mark_event(body, site, desk.clock())
        await run_in_threadpool(desk.mark, event)
        reply = json(MarkReply(event.event_id, event.time))
        reply.status_code = 202
        return reply

    return added


async def _body(request: Request) -> MarkRequest:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST:
            raise TooLarge(f"A mark is at most {LARGEST:,} bytes.")
    try:
        return msgspec.json.decode(raw, type=MarkRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"This is not a mark: {error}.") from error


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
        raise InvalidInput("A mark's time must not lie in the future.")
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
