"""What open pages hear of at once: a broadcaster from any thread, and the stream that a browser reads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import msgspec
from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import Viewer
from afterclick.web.access import recognized
from afterclick.web.desk import Desk, Notice
from afterclick.web.fed import problems_checked
from afterclick.web.lens import chosen_site
from afterclick.web.routing import Routes

_BACKLOG = 100
_HEARTBEAT_S = 15.0


class Broadcaster:
    """Passes notices from any thread to every listener; one that falls far behind loses its oldest notices."""

    def __init__(self) -> None:
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Queue[Notice | None]]] = set()

    def tell(self, notice: Notice) -> None:
        """Pass a notice on. Safe from any thread; never blocks."""
        for loop, queue in tuple(self._listeners):
            self._put(loop, queue, notice)

    def close(self) -> None:
        """End every listener, so that the app can stop."""
        for loop, queue in tuple(self._listeners):
            self._put(loop, queue, None)

    async def listen(self) -> AsyncIterator[Notice]:
        """Every notice from now on, until `close`."""
        queue: asyncio.Queue[Notice | None] = asyncio.Queue()
        entry = (asyncio.get_running_loop(), queue)
        self._listeners.add(entry)
        try:
            while (notice := await queue.get()) is not None:
                yield notice
        finally:
            self._listeners.discard(entry)

    def _put(
        self, loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[Notice | None], notice: Notice | None
    ) -> None:
        def put() -> None:
            while queue.qsize() >= _BACKLOG:
                queue.get_nowait()
            queue.put_nowait(notice)

        try:
            loop.call_soon_threadsafe(put)
        except RuntimeError:  # that loop has closed, and its listener with it
            self._listeners.discard((loop, queue))


def routes(desk: Desk) -> Routes:
    """`GET /live`: notices of one site as server-sent events (https://html.spec.whatwg.org/#server-sent-events)."""
    added = Routes()

    @added.get("/live", needs=Capability.VIEW)
    async def live(request: Request) -> Response:
        site = await asyncio.to_thread(chosen_site, desk, request.state.viewer, request.query_params)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

        if request.method == "HEAD":  # a stream has no end that one could wait for
            return Response(media_type="text/event-stream", headers=headers)

        def who() -> Viewer:
            return recognized(desk, request)

        return StreamingResponse(stream(desk, site, who), media_type="text/event-stream", headers=headers)

    return added


async def stream(desk: Desk, site: str, who: Callable[[], Viewer]) -> AsyncIterator[bytes]:
    """The notices of `site` as an event stream, with something every 15 s so that a dead connection is noticed:
    how long ago problems were looked for, where that is known.

    `who` tells, before each of them, who is listening now: who may no longer see the site is told nothing more.
    """
    notices = desk.live.listen()
    waiting = asyncio.ensure_future(anext(notices, None))
    await asyncio.sleep(0)  # it listens from here on: nothing told after the first bytes is missed
    try:
        yield b"retry: 2000\n\n"
        for said in _checked(desk):
            yield said
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=_HEARTBEAT_S)
            listener = await asyncio.to_thread(who)
            if not listener.may(Capability.VIEW, site):
                return
            if not done:
                yield b"".join(_checked(desk)) or b": still here\n\n"
                continue
            if (notice := waiting.result()) is None:
                return
            if notice.site == site:
                yield _event(notice, listener)
            waiting = asyncio.ensure_future(anext(notices, None))
    finally:
        waiting.cancel()


def _checked(desk: Desk) -> Iterator[bytes]:
    """How long ago problems were looked for, ms, as browsers' clocks differ from ours; null before the first time."""
    fresh = problems_checked(desk)
    if fresh is not None:
        age = None if fresh.as_of is None else max(desk.clock() - fresh.as_of, 0)
        told = {"age": age, "allowed": fresh.allowed, "late": fresh.late}
        yield b"event: checked\ndata: " + msgspec.json.encode(told) + b"\n\n"


def _event(notice: Notice, listener: Viewer) -> bytes:
    if not listener.may(Capability.MONEY, notice.site):  # a sentence may name a price; the page words its own
        notice = msgspec.structs.replace(notice, sentence="")
    return b"event: " + notice.kind.encode() + b"\ndata: " + msgspec.json.encode(notice) + b"\n\n"
