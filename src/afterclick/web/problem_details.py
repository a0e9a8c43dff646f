"""A refusal as programs read it: `application/problem+json` (RFC 9457), with one sentence that says what to do."""

from collections.abc import Mapping
from http.client import responses

import msgspec
from starlette.responses import Response

from afterclick.errors import AfterclickError

MEDIA = "application/problem+json"


class Refusal(msgspec.Struct, frozen=True):
    """The body. `type` is about:blank (the status says it all), `title` the status in words."""

    type: str
    title: str
    status: int
    detail: str


def refusal(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a request that is refused with one sentence."""
    title = responses.get(status, "Refused")
    body = msgspec.json.encode(Refusal("about:blank", title, status, sentence))
    return Response(body, status, dict(headers or {}), MEDIA)


def refusal_of(error: AfterclickError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a request that failed with one of our errors; says when to try again where that is known."""
    again = getattr(error, "retry_after", None)
    return refusal(
        error.status, str(error), {**(headers or {}), **({"retry-after": str(again)} if again else {})}
    )
