"""The payment service: asks the acquirer of a card network for the money."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afterclick.demo.shop.api import read, reply
from afterclick.demo.shop.faults import Latency
from afterclick.demo.shop.messages import Authorization, Charge
from afterclick.demo.shop.process import Process

WORK = Latency(5, 0.4, least_ms=2)


def create(process: Process) -> Starlette:
    """`POST /charge`: 200 with the authorization, or 402 when the acquirer declines."""

    async def charge(request: Request) -> Response:
        await process.work(WORK)
        order = await read(request, Charge)
        return reply(await process.peer("acquirer").call(Authorization, "POST", "/authorize", order))

    return process.app([Route("/charge", charge, methods=["POST"])])
