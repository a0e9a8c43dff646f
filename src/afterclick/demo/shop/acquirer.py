"""The acquirer: somebody else's system that says yes or no to a card. It is not instrumented."""

import uuid

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afterclick.demo.shop.api import RefusedError, read, reply
from afterclick.demo.shop.faults import ACQUIRER_WAIT, Latency
from afterclick.demo.shop.messages import Authorization, Charge
from afterclick.demo.shop.process import Process

AUTHORIZE = Latency(480, 0.25, least_ms=250)
DECLINED_SHARE = 0.01


def create(process: Process) -> Starlette:
    """`POST /authorize`: 200 with an authorization, or 402. `payment-slow` makes amex wait."""

    async def authorize(request: Request) -> Response:
        charge = await read(request, Charge)
        await process.work(AUTHORIZE)
        if "payment-slow" in process.faults and charge.card_network == "amex":
            await process.work(ACQUIRER_WAIT)
        if process.dice.random() < DECLINED_SHARE:
            raise RefusedError(402, "declined", "The card was declined; try again or use another card.")
        return reply(Authorization(uuid.uuid4().hex))

    return process.app([], [Route("/authorize", authorize, methods=["POST"])])
