"""How much, and how long, the dashboard takes in of one request before any route runs."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from afterclick.errors import AfterclickError, InvalidInput, TooLarge
from afterclick.web.problem_details import refusal_of

LARGEST = 262_144
"""Bytes; nothing that is sent to the dashboard (forms, marks, SQL) comes near."""

_PATIENCE = 20.0  # seconds for a whole body to arrive


class _Slow(InvalidInput):
    status = 408


class BodyLimit:
    """ASGI middleware that takes the whole body in, within both limits, and then hands it on in one piece."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST, patience: float = _PATIENCE) -> None:
        self._app = app
        self._largest = largest
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._take(scope, receive)
        except AfterclickError as error:
            await refusal_of(error, {"connection": "close"})(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, replayed, send)

    async def _take(self, scope: Scope, receive: Receive) -> bytes:
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > 15 or int(declared) > self._largest:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._patience):
                return await self._rest(receive)
        except TimeoutError as error:
            raise _Slow(f"The body did not arrive within {self._patience:.0f} s; send it again.") from error

    async def _rest(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise InvalidInput("The body ended early; send it again, whole.")
            body += message.get("body", b"")
            if len(body) > self._largest:
                raise self._too_large()
            if not message.get("more_body"):
                return bytes(body)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"A request to the dashboard is at most {self._largest:,} bytes.")


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
