"""The catalog service: what is for sale."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afterclick.demo.shop import products
from afterclick.demo.shop.api import reply
from afterclick.demo.shop.faults import Latency
from afterclick.demo.shop.process import Process

READ = Latency(8, 0.45, least_ms=3)


def create(process: Process) -> Starlette:
    """`GET /products?category=&sort=&ids=` and `GET /products/{id}`."""

    async def listing(request: Request) -> Response:
        await process.work(READ)
        query = request.query_params
        found = products.choose(query.get("category", ""), query.get("sort", "popular"), query.get("ids", ""))
        return reply(found)

    async def one(request: Request) -> Response:
        await process.work(READ)
        return reply(products.find(request.path_params["id"]))

    return process.app([Route("/products", listing), Route("/products/{id}", one)])
