"""JSON over HTTP as all the shop's processes speak it: reading a body, answering, refusing."""

from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from afterclick.demo.shop.messages import Failure

T = TypeVar("T")
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class RefusedError(Exception):
    """A request that is not done; becomes a response with `status` and a `Failure` as its body."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.failure = Failure(error, message)


def reply(value: object, status: int = 200) -> Response:
    """`value` (a Struct or anything JSON) as a response."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def refuse(request: Request, error: Exception) -> Response:
    """The response to a `RefusedError`, as Starlette's exception handler."""
    if not isinstance(error, RefusedError):
        raise error
    return reply(error.failure, error.status)


async def read(request: Request, kind: type[T]) -> T:
    """The request's JSON body as `kind`. Raises RefusedError 400 with what is wrong with it."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedError(400, "invalid", f"The body is not right: {error}.") from error


def require_loopback(request: Request) -> None:
    """Raises RefusedError 403 unless the request comes from this machine."""
    if request.client is None or request.client.host not in LOOPBACK:
        raise RefusedError(
            403, "forbidden", "Faults can only be switched from the machine that the shop runs on."
        )
