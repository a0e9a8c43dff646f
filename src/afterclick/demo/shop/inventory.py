"""The inventory service: holds things back for a checkout and sends them off. The shelves never run empty."""

import uuid

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afterclick.demo.shop.api import read, reply
from afterclick.demo.shop.faults import FAILING_SHARE, LOCK_WAIT, Latency
from afterclick.demo.shop.messages import Reservation, Reserve
from afterclick.demo.shop.process import Process

RESERVE = Latency(14, 0.4, least_ms=5)


class StockLockError(Exception):
    """The rows of the stock table could not be locked in time."""


def create(process: Process) -> Starlette:
    """`POST /reserve` and `POST /reservations/{id}/ship`. `inventory-errors` makes reservations raise."""

    async def reserve(request: Request) -> Response:
        wanted = await read(request, Reserve)
        await process.work(RESERVE)
        if "inventory-errors" in process.faults and process.dice.random() < FAILING_SHARE:
            await process.work(LOCK_WAIT)
            rows = ", ".join(item.product_id for item in wanted.items)
            raise StockLockError(f"could not lock the stock rows of {rows} within 250 ms")
        return reply(Reservation(uuid.uuid4().hex))

    async def ship(request: Request) -> Response:
        await process.work(RESERVE)
        return reply(Reservation(request.path_params["id"], shipped=True))

    return process.app(
        [
            Route("/reserve", reserve, methods=["POST"]),
            Route("/reservations/{id}/ship", ship, methods=["POST"]),
        ]
    )
