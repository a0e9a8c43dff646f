"""The checkout service: takes a cart to the till, holds its things back, has it paid, and makes the order."""

import asyncio
import uuid
from dataclasses import dataclass, field

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afterclick.demo.shop.api import RefusedError, read, reply
from afterclick.demo.shop.bounded import Bounded
from afterclick.demo.shop.faults import Latency
from afterclick.demo.shop.messages import (
    Authorization,
    Cart,
    Charge,
    Checkout,
    Done,
    Item,
    OpenCheckout,
    Paid,
    Pay,
    Reservation,
    Reserve,
)
from afterclick.demo.shop.process import Process

WORK = Latency(6, 0.4, least_ms=2)
MOST_CHECKOUTS = 20_000


@dataclass
class Till:
    """One checkout in memory; `paying` lets one payment through at a time."""

    checkout: Checkout
    cart_id: str
    reservation_id: str
    paying: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class Desk:
    """The steps of checkout, each a call to the service that does it."""

    process: Process
    tills: Bounded[str, Till] = field(default_factory=lambda: Bounded[str, Till](MOST_CHECKOUTS))

    def till(self, checkout_id: str) -> Till:
        """Raises RefusedError 404."""
        found = self.tills.get(checkout_id)
        if found is None:
            raise RefusedError(404, "not_found", "There is no such checkout; start again from the cart.")
        return found

    async def open(self, form: OpenCheckout) -> Checkout:
        """Hold the cart's things back and open a till for it. Raises RefusedError 409 for an empty cart."""
        cart = await self._cart(form.cart_id) if form.cart_id else Cart("")
        if not cart.lines:
            raise RefusedError(409, "cart_empty", "The cart is empty; add something first.")
        checkout = Checkout(str(uuid.uuid4()), form.customer_id, form.card_network, cart.total)
        items = [Item(line.product_id, line.quantity) for line in cart.lines]
        held = await self.process.peer("inventory").call(
            Reservation, "POST", "/reserve", Reserve(checkout.id, items)
        )
        self.tills[checkout.id] = Till(checkout, form.cart_id, held.id)
        return checkout

    async def pay(self, till: Till, pay: Pay) -> Paid:
        """Charge once, ship, empty the cart; a second call returns the first order.

        Raises RefusedError 402 when the card is declined and 409 when the cart is not what was reserved.
        """
        async with till.paying:
            if not till.checkout.order_id:
                await self._charge(till, pay)
            done = till.checkout
            return Paid(done.id, done.order_id, done.total, done.currency, done.card_network)

    async def _charge(self, till: Till, pay: Pay) -> None:
        checkout = till.checkout
        if (await self._cart(till.cart_id)).total != checkout.total:
            raise RefusedError(
                409, "cart_changed", "The cart changed after checkout; go through checkout again."
            )
        charge = Charge(checkout.id, checkout.total, checkout.currency, pay.card_network)
        await self.process.peer("payment").call(Authorization, "POST", "/charge", charge)
        order_id = f"TT-{uuid.uuid4().hex[:12].upper()}"
        till.checkout = msgspec.structs.replace(checkout, order_id=order_id, card_network=pay.card_network)
        await self.process.peer("inventory").call(
            Reservation, "POST", "/reservations/{id}/ship", id=till.reservation_id
        )
        await self.process.peer("cart").call(Done, "DELETE", "/carts/{id}", id=till.cart_id)

    async def _cart(self, cart_id: str) -> Cart:
        return await self.process.peer("cart").call(Cart, "GET", "/carts/{id}", id=cart_id)


def create(process: Process) -> Starlette:
    """`POST /checkouts`, `GET /checkouts/{id}`, `POST /checkouts/{id}/pay`."""
    desk = Desk(process)

    async def start(request: Request) -> Response:
        await process.work(WORK)
        return reply(await desk.open(await read(request, OpenCheckout)))

    async def show(request: Request) -> Response:
        await process.work(WORK)
        return reply(desk.till(request.path_params["id"]).checkout)

    async def pay(request: Request) -> Response:
        await process.work(WORK)
        return reply(await desk.pay(desk.till(request.path_params["id"]), await read(request, Pay)))

    return process.app(
        [
            Route("/checkouts", start, methods=["POST"]),
            Route("/checkouts/{id}", show),
            Route("/checkouts/{id}/pay", pay, methods=["POST"]),
        ]
    )
