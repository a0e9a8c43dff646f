"""What fails inside while a program asks: logged, and answered as every refusal is, so that the connection goes on."""

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from afterclick.web.problem_details import refusal

_log = structlog.get_logger(__name__)
_SENTENCE = "Something failed inside; the log of the app says what. Please report it."


class Unforeseen:
    """ASGI middleware: an exception under `prefix` is a 500 with a sentence, unless the answer has begun."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not str(scope["path"]).startswith(self._prefix):
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
            await refusal(500, _SENTENCE)(scope, receive, send)
