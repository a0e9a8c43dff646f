"""The range: everything that the shop sells, read from `products.json`."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import msgspec

from afterclick.demo.shop.api import RefusedError
from afterclick.demo.shop.messages import Product, Products

CATEGORIES = {
    "shelter": "Shelter",
    "packs": "Packs",
    "sleep": "Sleep",
    "kitchen": "Camp kitchen",
    "layers": "Layers",
}


def _by_rank(product: Product) -> float:
    return product.rank


def _by_price(product: Product) -> float:
    return product.price


def _by_price_down(product: Product) -> float:
    return -product.price


ORDERS: dict[str, Callable[[Product], float]] = {
    "popular": _by_rank,
    "price": _by_price,
    "-price": _by_price_down,
}


@cache
def products() -> dict[str, Product]:
    """Everything for sale by id, from `products.json`."""
    rows = files("afterclick.demo.shop").joinpath("products.json").read_bytes()
    return {product.id: product for product in msgspec.json.decode(rows, type=list[Product])}


def find(product_id: str) -> Product:
    """One product. Raises RefusedError 404."""
    found = products().get(product_id)
    if found is None:
        raise RefusedError(404, "not_found", f"There is no product {product_id}.")
    return found


def choose(category: str, sort: str, ids: str) -> Products:
    """Products of a category and among comma-separated `ids` (either empty: no limit), in the order `sort`.

    Raises RefusedError 404 for an unknown category and 400 for an unknown order.
    """
    if category and category not in CATEGORIES:
        raise RefusedError(404, "not_found", f"There is no category {category}.")
    if sort not in ORDERS:
        raise RefusedError(400, "invalid", f"Sort by one of: {', '.join(ORDERS)}.")
    wanted = set(ids.split(",")) if ids else products().keys()
    chosen = [each for each in products().values() if each.id in wanted and category in ("", each.category)]
    return Products(sorted(chosen, key=ORDERS[sort]))
