"""What fails inside while somebody asks: logged, and answered as every refusal is, so that the connection goes on."""

from collections.abc import Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger(__name__)
_SENTENCE = "Something failed inside; the log of the app says what. Please report it."


class Unforeseen:
    """ASGI middleware: an exception is a 500 with a sentence, unless the answer has begun."""

    def __init__(self, app: ASGIApp, say: Callable[[Request, str], Response]) -> None:
        self._app = app
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception:
            if has_begun:
                raise
            _log.exception("failed inside", method=scope["method"], path=str(scope["path"])[:200])
            await self._say(Request(scope), _SENTENCE)(scope, receive, send)
