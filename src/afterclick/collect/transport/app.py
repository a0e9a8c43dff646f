"""The collector as an ASGI application: finds the door for a path, runs its steps, answers.

Plain ASGI, because a web framework costs more per request than everything that a door does.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from itertools import count
from typing import Any
from urllib.parse import unquote

import structlog
from sqlalchemy.exc import SQLAlchemyError

from afterclick.collect.doors import Door, door_at
from afterclick.collect.passage.geography import client_address, trusted
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.refusal import retry_after
from afterclick.collect.transport.assets import Assets
from afterclick.collect.transport.body_limit import Receive
from afterclick.collect.transport.doorway import Doorway
from afterclick.collect.transport.onlooker import Onlookers, is_from_here
from afterclick.errors import AfterclickError, NotFound, Unauthorized
from afterclick.store.spool.batch import Depth

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"*, authorization"),
    (b"access-control-max-age", b"86400"),
)
_TEXT = b"text/plain; version=0.0.4; charset=utf-8"
_FLUSH_SECONDS = 1.0
_TOUCH_EVERY = 60  # flushes

_log = structlog.get_logger("afterclick.collect")


class Collector:
    """The ASGI application. `depth` tells what waits in the spool, `touch` keeps which keys (site and prefix) were
    used, `onlookers` knows who may read the metrics; `house` and `doorway` serve other transports too.
    """

    def __init__(
        self,
        house: House,
        depth: Callable[[], Depth],
        touch: Callable[[set[tuple[str, str]]], None],
        onlookers: Onlookers,
        assets: Assets | None = None,
    ) -> None:
        self.house = house
        self._depth = depth
        self._touch = touch
        self._onlookers = onlookers
        self._assets = assets or Assets()
        self.doorway = Doorway(house)
        self._flusher: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's lifespan."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._flusher = asyncio.create_task(self._flush_forever())
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if door := door_at(path):
            await self._enter(door, scope, receive, send)
        elif method not in ("GET", "HEAD"):
            await _fail(
                send, NotFound("There is no such door; events go to /v1/events, traces to /v1/traces.")
            )
        elif path.startswith("/sdk/"):
            await self._serve_asset(scope, unquote(path.removeprefix("/sdk/")), send)
        elif path == "/metrics":
            await self._serve_metrics(scope, receive, send)
        elif path == "/healthz":
            await _respond(send, 200, b"application/json", b'{"status":"ok"}')
        else:
            await _fail(send, NotFound("There is no such page on the collector; see docs/collect.md."))

    async def _enter(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await _respond(send, 204, b"", b"", *_PREFLIGHT)
            return
        passage = self._passage(door.name, scope, receive)
        answer = await self.doorway.admit(door, passage, scope["method"])
        await _respond(send, answer.status, answer.media_type.encode(), answer.body, *answer.headers)

    def _passage(self, door: str, scope: Scope, receive: Receive) -> Passage:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        address = scope["client"][0] if scope.get("client") else ""
        now = self.house.clock()
        return Passage(door, scope["path"], headers, scope["query_string"], receive, now, address=address)

    async def _flush_forever(self) -> None:
        for second in count(1):
            await asyncio.sleep(_FLUSH_SECONDS)
            await self.flush()
            if second % _TOUCH_EVERY == 0:
                await self.touch_keys()

    async def touch_keys(self) -> None:
        """Keep which keys were used since this was last done: every minute, and at the end."""
        if used := self.house.gate.used():
            try:
                await asyncio.to_thread(self._touch, used)
            except SQLAlchemyError as error:  # the control database is down, and this can wait
                _log.warning("when keys were last used is not kept", reason=str(error))

    async def flush(self) -> None:
        """Put the counts of requests refused as a whole on disk; done every second, and at the end."""
        await self.doorway.flush()

    async def _stop(self) -> None:
        if self._flusher is not None:
            self._flusher.cancel()
            with suppress(asyncio.CancelledError):
                await self._flusher
        await self.flush()
        await self.touch_keys()

    async def _serve_asset(self, scope: Scope, name: str, send: Send) -> None:
        try:
            asset = self._assets.get(name)
        except NotFound as error:
            await _fail(send, error)
            return
        headers: list[Header] = [(b"cache-control", asset.cache), (b"vary", b"accept-encoding")]
        body = asset.plain
        if b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b""):
            headers.append((b"content-encoding", b"gzip"))
            body = asset.gzipped
        await _respond(send, 200, asset.media_type, body, *headers)

    async def _serve_metrics(self, scope: Scope, receive: Receive, send: Send) -> None:
        passage = self._passage("", scope, receive)
        address = client_address(passage, trusted(self.house.settings.trusted_proxies))
        here = is_from_here(passage.headers, passage.address, scope["http_version"])
        try:
            await self._onlookers.admit(passage.headers, address, here)
        except AfterclickError as error:
            await _fail(send, error, ())
            return
        depth = await asyncio.to_thread(self._depth)
        age = 0.0 if depth.oldest is None else max(0, self.house.clock() - depth.oldest) / 1000
        text = self.house.metrics.text(depth.rows, depth.disk_bytes, age)
        await _respond(send, 200, _TEXT, text.encode(), (b"cache-control", b"no-store"), cors=())


async def _fail(send: Send, error: AfterclickError, cors: tuple[Header, ...] = _CORS) -> None:
    message = str(error).replace("\\", "\\\\").replace('"', '\\"')
    more: list[Header] = []
    if isinstance(error, Unauthorized):
        more.append((b"www-authenticate", b"Bearer"))
    if (seconds := retry_after(error)) is not None:
        more.append((b"retry-after", str(seconds).encode()))
    body = f'{{"error":"{message}"}}'.encode()
    await _respond(send, error.status, b"application/json", body, *more, cors=cors)


async def _respond(
    send: Send, status: int, media_type: bytes, body: bytes, *more: Header, cors: tuple[Header, ...] = _CORS
) -> None:
    headers: list[Header] = [*cors, (b"content-length", str(len(body)).encode()), *more]
    if media_type:
        headers.append((b"content-type", media_type))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
