"""What every process of the shop is made of: peers, dice, faults, and the web application around them."""

import asyncio
import os
import random
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from opentelemetry.trace import NoOpTracer, Tracer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from afterclick.demo.shop.api import RefusedError, read, refuse, reply, require_loopback
from afterclick.demo.shop.faults import Faults, Latency
from afterclick.demo.shop.messages import Done, Health
from afterclick.demo.shop.peers import TIMEOUT_S, Peer
from afterclick.demo.shop.ports import Ports
from afterclick.demo.shop.tracing import ServerSpans


def _client() -> httpx.AsyncClient:
    # Peers close what idles for five seconds: a connection that is kept longer may be closed while it is asked.
    limits = httpx.Limits(keepalive_expiry=2)
    return httpx.AsyncClient(timeout=TIMEOUT_S, limits=limits, trust_env=False)


@dataclass(frozen=True)
class Process:
    """One running part of the shop. `tracer` stays a no-op in processes that are not instrumented."""

    name: str
    ports: Ports
    collector: str
    key: str
    dice: random.Random
    tracer: Tracer = field(default_factory=NoOpTracer)
    faults: Faults = field(default_factory=Faults)
    client: httpx.AsyncClient = field(default_factory=_client)

    def peer(self, name: str) -> Peer:
        """The process `name`, to be called."""
        return Peer(name, self.ports.url(name), self.client, self.tracer)

    async def work(self, latency: Latency) -> None:
        """Take the time that a real process would take for its own part."""
        await asyncio.sleep(latency.draw(self.dice) / 1000)

    def app(self, traced: Iterable[BaseRoute], untraced: Iterable[BaseRoute] = ()) -> Starlette:
        """The web application: the given routes, then `/_health` and `PUT /_faults`."""
        traced = list(traced)
        own = [Route("/_health", self._health), Route("/_faults", self._set_faults, methods=["PUT"])]
        return Starlette(
            routes=[*traced, *untraced, *own],
            middleware=[Middleware(ServerSpans, tracer=self.tracer, routes=traced)],
            exception_handlers={RefusedError: refuse},
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncGenerator[None]:
        async with self.client:
            yield

    async def _health(self, request: Request) -> Response:
        return reply(Health(self.name, os.getpid()))

    async def _set_faults(self, request: Request) -> Response:
        require_loopback(request)
        for name, on in (await read(request, dict[str, bool])).items():
            self.faults.switch(name, on)
        return reply(Done())
