"""The storefront: the pages, and the JSON API that their JavaScript calls."""

import uuid
from dataclasses import dataclass
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from afterclick.demo.shop import experience
from afterclick.demo.shop.api import RefusedError, read, refuse, reply
from afterclick.demo.shop.control import Control
from afterclick.demo.shop.messages import (
    AddLine,
    Cart,
    Checkout,
    CheckoutForm,
    OpenCheckout,
    Paid,
    Pay,
    Product,
    Products,
)
from afterclick.demo.shop.pages import Pages
from afterclick.demo.shop.photos import Photos
from afterclick.demo.shop.process import Process

CART_COOKIE = "shop_cart"
CHECKOUT_COOKIE = "shop_checkout"
ON_FRONT_PAGE = 8
DAY_S = 86_400


def create(process: Process) -> Starlette:
    """The storefront's web application; docs/demo.md lists its pages and endpoints."""
    shop = Storefront(process, Pages(process))
    traced = [
        Route("/", shop.home),
        Route("/category/{id}", shop.category),
        Route("/product/{id}", shop.product),
        Route("/cart", shop.cart),
        Route("/checkout", shop.checkout),
        Route("/payment", shop.payment),
        Route("/thanks", shop.thanks),
        Route("/api/products", shop.list_products),
        Route("/api/product/{id}", shop.get_product),
        Route("/api/cart", shop.get_cart),
        Route("/api/cart", shop.add_to_cart, methods=["POST"]),
        Route("/api/checkout", shop.open_checkout, methods=["POST"]),
        Route("/api/payment", shop.pay, methods=["POST"]),
    ]
    static = str(files("afterclick.demo.shop").joinpath("static"))
    untraced = [
        *Photos(process).routes,
        *Control(process).routes,
        Mount("/static", StaticFiles(directory=static)),
        Route("/_experience", shop.experience),
    ]
    app = process.app(traced, untraced)
    app.add_exception_handler(RefusedError, shop.refuse)
    return app


@dataclass(frozen=True)
class Storefront:
    """One method a page or endpoint."""

    process: Process
    pages: Pages

    async def home(self, request: Request) -> Response:
        """`GET /`."""
        found = await self._products("", "popular")
        return self.pages.home(found.products[:ON_FRONT_PAGE])

    async def category(self, request: Request) -> Response:
        """`GET /category/ID`."""
        category = request.path_params["id"]
        return self.pages.category(category, (await self._products(category, "popular")).products)

    async def product(self, request: Request) -> Response:
        """`GET /product/ID`."""
        return self.pages.product(await self._product(request.path_params["id"]))

    async def cart(self, request: Request) -> Response:
        """`GET /cart`."""
        return self.pages.cart(await self._cart(request))

    async def checkout(self, request: Request) -> Response:
        """`GET /checkout`; back to the cart when that is empty."""
        cart = await self._cart(request)
        return self.pages.checkout(cart) if cart.lines else RedirectResponse("/cart", 303)

    async def payment(self, request: Request) -> Response:
        """`GET /payment`; back to the cart when there is nothing to pay."""
        checkout = await self._checkout(_checkout_id(request))
        if checkout is None or checkout.order_id:
            return RedirectResponse("/cart", 303)
        return self.pages.payment(checkout)

    async def thanks(self, request: Request) -> Response:
        """`GET /thanks`; back to the cart when nothing was paid."""
        checkout = await self._checkout(_checkout_id(request))
        if checkout is None or not checkout.order_id:
            return RedirectResponse("/cart", 303)
        return self.pages.thanks(checkout)

    async def list_products(self, request: Request) -> Response:
        """`GET /api/products`."""
        query = request.query_params
        return reply(await self._products(query.get("category", ""), query.get("sort", "popular")))

    async def get_product(self, request: Request) -> Response:
        """`GET /api/product/ID`."""
        return reply(await self._product(request.path_params["id"]))

    async def get_cart(self, request: Request) -> Response:
        """`GET /api/cart`."""
        return reply(await self._cart(request))

    async def add_to_cart(self, request: Request) -> Response:
        """`POST /api/cart`; gives a visitor without a cart one."""
        line = await read(request, AddLine)
        cart_id = _cart_id(request) or str(uuid.uuid4())
        cart = await self.process.peer("cart").call(Cart, "POST", "/carts/{id}/lines", line, id=cart_id)
        return _remember(reply(cart), CART_COOKIE, cart_id)

    async def open_checkout(self, request: Request) -> Response:
        """`POST /api/checkout`."""
        form = await read(request, CheckoutForm)
        customer = f"cus_{uuid.uuid5(uuid.NAMESPACE_URL, f'mailto:{form.email.lower()}').hex[:16]}"
        ask = OpenCheckout(_cart_id(request), customer, form.card_network)
        checkout = await self.process.peer("checkout").call(Checkout, "POST", "/checkouts", ask)
        return _remember(reply(checkout), CHECKOUT_COOKIE, checkout.id)

    async def pay(self, request: Request) -> Response:
        """`POST /api/payment`."""
        ask = await read(request, Pay)
        checkout_id = ask.checkout_id or _checkout_id(request)
        peer = self.process.peer("checkout")
        return reply(await peer.call(Paid, "POST", "/checkouts/{id}/pay", ask, id=checkout_id or "none"))

    async def experience(self, request: Request) -> Response:
        """`GET /_experience`: what a browser would meet now."""
        query, ports = request.query_params, self.process.ports
        met = experience.draw(
            self.process.faults,
            query.get("step", ""),
            query.get("device_class", ""),
            self.process.dice,
            shop=ports.url("storefront"),
            third_party=ports.url("third-party"),
        )
        return reply(met)

    def refuse(self, request: Request, error: Exception) -> Response:
        """A refusal as JSON for the API and as a page for people."""
        wants_page = not request.url.path.startswith(("/api/", "/_", "/photos/"))
        if isinstance(error, RefusedError) and wants_page:
            return self.pages.failure(error.status, error.failure)
        return refuse(request, error)

    async def _products(self, category: str, sort: str) -> Products:
        query = {"category": category, "sort": sort}
        return await self.process.peer("catalog").call(Products, "GET", "/products", query=query)

    async def _product(self, product_id: str) -> Product:
        return await self.process.peer("catalog").call(Product, "GET", "/products/{id}", id=product_id)

    async def _cart(self, request: Request) -> Cart:
        cart_id = _cart_id(request)
        if not cart_id:
            return Cart("")
        return await self.process.peer("cart").call(Cart, "GET", "/carts/{id}", id=cart_id)

    async def _checkout(self, checkout_id: str) -> Checkout | None:
        if not checkout_id:
            return None
        try:
            return await self.process.peer("checkout").call(
                Checkout, "GET", "/checkouts/{id}", id=checkout_id
            )
        except RefusedError as refusal:
            if refusal.status == 404:
                return None
            raise


def _cart_id(request: Request) -> str:
    return request.query_params.get("cart") or request.cookies.get(CART_COOKIE, "")


def _checkout_id(request: Request) -> str:
    return request.query_params.get("checkout") or request.cookies.get(CHECKOUT_COOKIE, "")


def _remember(response: Response, cookie: str, value: str) -> Response:
    response.set_cookie(cookie, value, max_age=DAY_S, httponly=True, samesite="lax")
    return response
