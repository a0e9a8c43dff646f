"""What concerns the whole installation: how far behind it is, what it could not store, and its tables frozen."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, ExitStack

import msgspec
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.store.backup import Frozen
from afterclick.store.drain.drain import Freshness
from afterclick.store.drain.replay import Replayed, Standing
from afterclick.web.access import Open
from afterclick.web.endpoint import Call, Endpoint, Parameter
from afterclick.web.need import Everywhere

HEARTBEAT_S = 0.5
LINES = "application/x-ndjson"


def intake(call: Call[Nothing]) -> Freshness:
    """How far behind the store is."""
    return call.desk.machine.freshness()


def aside(call: Call[Nothing]) -> list[Standing]:
    """Rows that the store refused."""
    return list(call.desk.machine.aside())


def replay(call: Call[Nothing]) -> Replayed:
    """Send them again."""
    return call.desk.machine.replay(call.asked("reason"))


def frozen(call: Call[Nothing]) -> Response:
    """A first line that says where the tables' files are, then an empty one now and then; they stay until it ends."""
    return StreamingResponse(_held(call.desk.machine.frozen), media_type=LINES)


async def _held(freeze: Callable[[], AbstractContextManager[Frozen]]) -> AsyncGenerator[bytes]:
    with ExitStack() as stack:
        tables = await run_in_threadpool(stack.enter_context, freeze())
        yield msgspec.json.encode(tables) + b"\n"
        while True:  # until the reader, a backup, hangs up; a line now and then shows that it did
            await asyncio.sleep(HEARTBEAT_S)
            yield b"\n"


ENDPOINTS = (
    Endpoint(
        "GET",
        "/intake",
        Everywhere(Capability.OPERATE),
        "How far the store is behind the spool.",
        Freshness,
        intake,
    ),
    Endpoint(
        "GET",
        "/aside",
        Open.HERE,
        "Rows of all sites that the store refused, by kind and reason.",
        list[Standing],
        aside,
        query=(),
    ),
    Endpoint(
        "POST",
        "/replay",
        Open.HERE,
        "Sends rows that the store refused into it again.",
        Replayed,
        replay,
        query=(Parameter("reason", "Only rows whose reason holds this text."),),
    ),
    Endpoint(
        "GET",
        "/frozen",
        Open.HERE,
        "The store's tables as of now: where their files are, for as long as the answer is being read.",
        Frozen,
        frozen,
        query=(),
        media=(LINES,),
    ),
)
