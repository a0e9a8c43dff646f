"""How much, and how long, the dashboard takes in of one request before any route runs."""

import asyncio
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from afterclick.api.body import LARGEST
from afterclick.errors import AfterclickError, InvalidInput, TooLarge

_PATIENCE = 20.0  # seconds for a whole body to arrive
LET_PASS = 134_217_728
"""Bytes that are let pass of a body that is too large: a browser shows no answer before it sent all."""


class _Slow(InvalidInput):
    status = 408


class BodyLimit:
    """ASGI middleware that takes the whole body in, within both limits, and then hands it on in one piece.

    `larger` are the limits of paths that take more than LARGEST; `refuse` draws an error as the app draws its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        refuse: Callable[[Request, AfterclickError], Response],
        larger: Mapping[str, int] | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._larger = larger or {}
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._take(scope, receive)
        except AfterclickError as error:
            refused = await run_in_threadpool(self._refuse, Request(scope), error)
            refused.headers["connection"] = "close"
            await refused(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, replayed, send)

    async def _take(self, scope: Scope, receive: Receive) -> bytes:
        largest = self._larger.get(str(scope["path"]), LARGEST)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > 15 or int(declared) > LET_PASS:
            raise _too_large(largest)
        try:
            async with asyncio.timeout(self._patience):
                return await _rest(receive, largest)
        except TimeoutError as error:
            raise _Slow(f"The body did not arrive within {self._patience:.0f} s; send it again.") from error


async def _rest(receive: Receive, largest: int) -> bytes:
    """The whole body. Of one that is too large nothing is kept, but it is let pass to its end."""
    body, size = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InvalidInput("The body ended early; send it again, whole.")
        piece = message.get("body", b"")
        size += len(piece)
        if size <= largest:
            body += piece
        else:
            body.clear()
        if message.get("more_body") and size <= LET_PASS:
            continue
        if size > largest:
            raise _too_large(largest)
        return bytes(body)


def _too_large(largest: int) -> TooLarge:
    return TooLarge(
        f"At most {largest:,} bytes are taken here at a time, and this is more: send it in pieces."
    )


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
