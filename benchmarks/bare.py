"""The limit that the collector is measured against: the same server, an application that answers 204 and no more."""

from collections.abc import Awaitable, Callable
from typing import Any

_HEAD: dict[str, Any] = {"type": "http.response.start", "status": 204, "headers": []}
_END: dict[str, Any] = {"type": "http.response.body", "body": b""}


async def app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Read the body, answer 204."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(_HEAD)
    await send(_END)
