"""Calling another process of the shop over HTTP, with a client span around the call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

import httpx
import msgspec
from opentelemetry.propagate import inject
from opentelemetry.trace import Span, Tracer

from afterclick.demo.shop.api import RefusedError
from afterclick.demo.shop.messages import Failure
from afterclick.demo.shop.tracing import client_span, note_answer

T = TypeVar("T")
TIMEOUT_S = 15.0


@dataclass(frozen=True)
class Peer:
    """The process `name` at `url`."""

    name: str
    url: str
    client: httpx.AsyncClient
    tracer: Tracer

    async def call(
        self,
        kind: type[T],
        method: str,
        route: str,
        body: msgspec.Struct | None = None,
        query: Mapping[str, str] | None = None,
        **path: str,
    ) -> T:
        """Call `route` (such as "/carts/{id}", filled in from `path`) and read the answer as `kind`.

        Raises RefusedError: with the peer's own status and words below 500, otherwise 502 "upstream".
        """
        url = self.url + route.format(**{name: quote(value, safe="") for name, value in path.items()})
        request = self.client.build_request(
            method, url, params=query, content=None if body is None else msgspec.json.encode(body)
        )
        with client_span(self.tracer, method, self.name, route, str(request.url)) as span:
            inject(request.headers)
            answer = await self._send(request, span)
        if answer.is_success:
            return msgspec.json.decode(answer.content, type=kind)
        raise self._refusal(answer)

    async def _send(self, request: httpx.Request, span: Span) -> httpx.Response:
        try:
            answer = await self.client.send(request)
        except httpx.HTTPError as error:
            raise RefusedError(502, "upstream", f"{self.name} did not answer.") from error
        note_answer(span, answer.status_code)
        return answer

    def _refusal(self, answer: httpx.Response) -> RefusedError:
        if answer.status_code >= 500:
            return RefusedError(502, "upstream", f"{self.name} failed.")
        failure = msgspec.json.decode(answer.content, type=Failure)
        return RefusedError(answer.status_code, failure.error, failure.message)
