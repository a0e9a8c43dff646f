"""What is sold: the shop's own catalogue, as columns that all shoppers look at at once."""

from importlib.resources import files

import msgspec
import numpy as np


class _Product(msgspec.Struct):
    id: str
    category: str
    price: float


_rows = files("afterclick.demo.shop").joinpath("products.json").read_bytes()
_products = msgspec.json.decode(_rows, type=list[_Product])

IDS = tuple(product.id for product in _products)
CATEGORIES = tuple(product.category for product in _products)
PRICES = np.array([product.price for product in _products])
COUNT = len(IDS)
