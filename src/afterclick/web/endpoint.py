"""One endpoint of `/api/v1`, as a record: its route, need, description and line in the docs derive from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

import msgspec
from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from afterclick.api.body import decoded
from afterclick.api.records import Nothing
from afterclick.errors import InvalidInput
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens, look
from afterclick.web.need import Need
from afterclick.web.routing import Routes

PREFIX = "/api/v1"
JSON = "application/json"

Body = TypeVar("Body")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Call(Generic[Body]):
    """One request: who asks is `lens.viewer`, for which site and period the rest of `lens`; `body` is decoded."""

    desk: Desk
    request: Request
    body: Body

    @cached_property
    def lens(self) -> Lens:
        """What the reader looks at, as `?site=` and `?period=` say it."""
        return look(self.desk, self.request)

    @property
    def site(self) -> str:
        """The site that is asked about."""
        return self.lens.scope.site

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def asked(self, name: str, default: str = "") -> str:
        """A parameter of the query."""
        return self.request.query_params.get(name, default)


@dataclass(frozen=True)
class Parameter:
    """A parameter of the query; `choices` are its values when there are only some."""

    name: str
    what: str
    choices: tuple[str, ...] = ()


SITE = Parameter("site", "Which site; the first of yours when left out.")
PERIOD = (
    Parameter("period", "24h, 7d, 30d, or FROM..TO with two dates or two times in UTC ms; 7d when left out."),
    Parameter("from", "First day, YYYY-MM-DD; in the place of `period`, with `to`."),
    Parameter("to", "Last day."),
)


@dataclass(frozen=True)
class Endpoint(Generic[Body, Answer]):
    """`run` answers a call with a record of type `answers`, or with a response of `media` for what is no JSON.

    `path` comes after PREFIX; `what` is one sentence for the docs. The body is decoded as `takes`, or handed on as text
    when that is `str`. Blocks: it is run in a thread.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    need: Need
    what: str
    answers: type[Answer]
    run: Callable[[Call[Body]], Answer | Response]
    takes: type[Body] = Nothing  # pyright: ignore[reportAssignmentType] - the default of the type variable
    query: tuple[Parameter, ...] = (SITE,)
    status: int = 200
    media: tuple[str, ...] = field(default=(JSON,))

    @property
    def route(self) -> str:
        """The whole path."""
        return PREFIX + self.path


Endpoints = Sequence[Endpoint[Any, Any]]


def routes(desk: Desk, endpoints: Endpoints) -> Routes:
    """The endpoints, served over `desk`."""
    added = Routes()
    for one in endpoints:
        added.add(one.method, one.route, one.need, _handler(desk, one), one.status)
    return added


def _handler(desk: Desk, endpoint: Endpoint[Any, Any]) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answered, desk, endpoint, request, body)

    return handle


def _answered(desk: Desk, endpoint: Endpoint[Any, Any], request: Request, body: bytes) -> Response:
    answer = endpoint.run(Call(desk, request, _decoded(body, endpoint.takes)))
    if isinstance(answer, Response):
        return answer
    if endpoint.answers is Nothing:
        return Response(status_code=endpoint.status)
    return Response(msgspec.json.encode(answer, enc_hook=str), endpoint.status, media_type=JSON)


def _decoded(body: bytes, takes: type[Any]) -> Any:
    if takes is Nothing:
        return Nothing()
    if takes is str:
        return decoded(body)
    try:
        return msgspec.json.decode(body, type=takes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"This body is not what is asked for: {error}.") from error
