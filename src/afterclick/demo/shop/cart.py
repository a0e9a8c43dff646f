"""The cart service: what each visitor means to buy. Prices are the catalog's, asked for at each reading."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afterclick.demo.shop.api import RefusedError, read, reply
from afterclick.demo.shop.bounded import Bounded
from afterclick.demo.shop.faults import Latency
from afterclick.demo.shop.messages import AddLine, Cart, CartLine, Done, Product, Products
from afterclick.demo.shop.peers import Peer
from afterclick.demo.shop.process import Process

READ = Latency(4, 0.4, least_ms=1)
MOST_CARTS = 20_000
MOST_OF_ONE = 99

Quantities = dict[str, int]


async def priced(cart_id: str, quantities: Quantities, catalog: Peer) -> Cart:
    """The cart at today's prices."""
    if not quantities:
        return Cart(cart_id)
    found = await catalog.call(Products, "GET", "/products", query={"ids": ",".join(quantities)})
    by_id = {product.id: product for product in found.products}
    lines = [_line(by_id[product_id], quantity) for product_id, quantity in quantities.items()]
    total = round(sum(line.total for line in lines), 2)
    return Cart(cart_id, lines, sum(quantities.values()), total)


def changed(quantities: Quantities, add: AddLine) -> Quantities:
    """The quantities after `add`. Raises RefusedError 400 beyond what one order may hold of a product."""
    quantity = quantities.get(add.product_id, 0) + add.quantity
    if quantity > MOST_OF_ONE:
        raise RefusedError(400, "invalid", f"At most {MOST_OF_ONE} of one product.")
    rest = {product_id: count for product_id, count in quantities.items() if product_id != add.product_id}
    return {**rest, add.product_id: quantity} if quantity > 0 else rest


def _line(product: Product, quantity: int) -> CartLine:
    total = round(product.price * quantity, 2)
    return CartLine(product.id, product.name, product.price, quantity, total)


def create(process: Process) -> Starlette:
    """`GET` and `DELETE /carts/{id}`, `POST /carts/{id}/lines`."""
    carts: Bounded[str, Quantities] = Bounded(MOST_CARTS)
    catalog = process.peer("catalog")

    async def show(request: Request) -> Response:
        await process.work(READ)
        cart_id = request.path_params["id"]
        return reply(await priced(cart_id, carts.get(cart_id, {}), catalog))

    async def add(request: Request) -> Response:
        await process.work(READ)
        cart_id, line = request.path_params["id"], await read(request, AddLine)
        await catalog.call(Product, "GET", "/products/{id}", id=line.product_id)
        carts[cart_id] = changed(carts.get(cart_id, {}), line)
        return reply(await priced(cart_id, carts[cart_id], catalog))

    async def empty(request: Request) -> Response:
        await process.work(READ)
        carts.pop(request.path_params["id"], None)
        return reply(Done())

    return process.app(
        [
            Route("/carts/{id}", show),
            Route("/carts/{id}", empty, methods=["DELETE"]),
            Route("/carts/{id}/lines", add, methods=["POST"]),
        ]
    )
