"""Segment's e-commerce spec v2 as our commerce events; names of its first version count as the same events.

https://segment.com/docs/connections/spec/ecommerce/v2/
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from afterclick.collect.event.flat import text
from afterclick.collect.event.money import doubt, sum_of
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.fit import as_number
from afterclick.collect.segment.wire import Properties

_SUMS = ("total", "revenue", "value", "subtotal")
"""What the customer paid, from the most to the least inclusive."""
_OF_PRODUCT = ("price",)
_OF_CHANGE = ("cart_total", "cart_value", "total", "value")
_OF_CART = ("cart_total", "cart_value", *_SUMS)
_MOST_PRODUCTS = 1_000

_NONE = frozenset[str]()
_PRODUCT_ID = frozenset({"product_id"})
_PRODUCT = frozenset({"product_id", "price"})
_ORDER_ID = frozenset({"order_id"})
_ORDER_USED = frozenset({"order_id", "orderId", "currency"})
_RESULTS = frozenset({"results"})

Fill = Callable[[WireEvent, Properties, str], frozenset[str]]


@dataclass(frozen=True)
class Deal:
    """How an event of the spec becomes ours: `fill` sets its fields, and returns the properties that went into them."""

    type: str
    step: str
    into: Fill
    sums: tuple[str, ...] = ()
    """Properties that tell the event's value; those of an order are its own matter, and refused with it."""

    def fill(self, told: WireEvent, properties: Properties, currency: str) -> frozenset[str]:
        """Make the event one of this kind; `currency` is that of a sum which names none."""
        told.type, told.step = self.type, self.step
        return self.into(told, properties, currency)

    def unread(self, told: WireEvent, properties: Properties) -> list[str]:
        """The sums that are there when none of them could be read."""
        if told.value is not None:
            return []
        return [name for name in self.sums if properties.get(name) not in (None, "")]


def _nothing(_: WireEvent, __: Properties, ___: str) -> frozenset[str]:
    return _NONE


def _product(told: WireEvent, properties: Properties, currency: str) -> frozenset[str]:
    told.target = _first(properties, "product_id", "sku", "id") or None
    told.value = sum_of(properties.get("price"), _currency(properties, currency))
    return _PRODUCT_ID if told.value is None else _PRODUCT


def _change(told: WireEvent, properties: Properties, currency: str) -> frozenset[str]:
    told.target = _first(properties, "product_id", "sku", "id") or None
    told.value = _clear(_sum(properties, _OF_CHANGE, currency))
    return _PRODUCT_ID


def _cart(told: WireEvent, properties: Properties, currency: str) -> frozenset[str]:
    told.value = _clear(_whole(properties, _OF_CART, currency))
    return _NONE


def _checkout(told: WireEvent, properties: Properties, currency: str) -> frozenset[str]:
    _cart(told, properties, currency)
    told.order_id = _first(properties, "order_id") or None
    return _ORDER_ID


def _checkout_step(told: WireEvent, properties: Properties, _: str) -> frozenset[str]:
    told.order_id = _first(properties, "order_id") or None
    if told.step == "checkout" and (step := _first(properties, "step")):
        told.step = f"checkout {step}"
    return _ORDER_ID


def _order(told: WireEvent, properties: Properties, currency: str) -> frozenset[str]:
    told.order_id = _first(properties, "order_id", "orderId") or None
    told.revenue = _whole(properties, _SUMS, currency)
    told.currency = _currency(properties, currency)
    return _ORDER_USED


def _refund(told: WireEvent, properties: Properties, currency: str) -> frozenset[str]:
    used = _order(told, properties, currency)
    tells_sum = any(properties.get(name) not in (None, "") for name in _SUMS)
    if not tells_sum and not properties.get("products"):
        told.revenue = told.currency = None  # no sum at all: of the whole order
    return used


def _search(told: WireEvent, properties: Properties, _: str) -> frozenset[str]:
    told.value = as_number(properties.get("results"))
    return _RESULTS


def _currency(properties: Properties, of_site: str) -> str:
    return _first(properties, "currency").strip().upper() or of_site


def _whole(properties: Properties, names: Iterable[str], of_site: str) -> float | str | None:
    told = _sum(properties, names, of_site)
    return _of_products(properties, of_site) if told is None else told


def _sum(properties: Properties, names: Iterable[str], of_site: str) -> float | str | None:
    """The first sum of these names; as it is written where it is in doubt, for another would not be the same sum."""
    currency = _currency(properties, of_site)
    for name in names:
        written = properties.get(name)
        if isinstance(written, str) and doubt(written, currency):
            return written
        if (found := sum_of(written, currency)) is not None:
            return found
    return None


def _clear(told: float | str | None) -> float | None:
    return None if isinstance(told, str) else told


def _of_products(properties: Properties, of_site: str) -> float | None:
    """Price times quantity over the products, when each has a price."""
    currency = _currency(properties, of_site)
    products = properties.get("products")
    if not isinstance(products, list) or not products:
        return None
    total = 0.0
    for product in cast("list[object]", products)[:_MOST_PRODUCTS]:
        told = cast("Properties", product) if isinstance(product, dict) else {}
        price, quantity = sum_of(told.get("price"), currency), as_number(told.get("quantity", 1))
        if price is None or quantity is None:
            return None
        total += price * quantity
    return round(total, 4)


def _first(properties: Properties, *names: str) -> str:
    for name in names:
        if found := text(properties.get(name)):
            return found
    return ""


_VIEWED = Deal("product", "product", _product, _OF_PRODUCT)
_CLICKED = Deal("track", "product", _product, _OF_PRODUCT)
_CHANGED = Deal("cart", "cart", _change, _OF_CHANGE)
_SEEN = Deal("cart", "cart", _cart, _OF_CART)
_STARTED = Deal("checkout", "checkout", _checkout, _OF_CART)
_WITHIN = Deal("track", "checkout", _checkout_step)
_COMPLETED = Deal("order", "order", _order)
_REFUNDED = Deal("refund", "refund", _refund)
_COUPON = Deal("track", "coupon", _nothing)

COMMERCE: dict[str, Deal] = {
    "products searched": Deal("search", "search", _search),
    "product list viewed": Deal("track", "list", _nothing),
    "product list filtered": Deal("track", "list", _nothing),
    "product clicked": _CLICKED,
    "product viewed": _VIEWED,
    "viewed product": _VIEWED,
    "product added": _CHANGED,
    "added product": _CHANGED,
    "product removed": _CHANGED,
    "removed product": _CHANGED,
    "cart viewed": _SEEN,
    "checkout started": _STARTED,
    "started order": _STARTED,
    "checkout step viewed": _WITHIN,
    "viewed checkout step": _WITHIN,
    "checkout step completed": _WITHIN,
    "completed checkout step": _WITHIN,
    "payment info entered": Deal("track", "payment", _checkout_step),
    "order completed": _COMPLETED,
    "completed order": _COMPLETED,
    # An update told days later would be a second order, in a second visit; the order stands already.
    "order updated": Deal("track", "order", _order),
    "order refunded": _REFUNDED,
    "refunded order": _REFUNDED,
    "order cancelled": _REFUNDED,
    "coupon entered": _COUPON,
    "coupon applied": _COUPON,
    "coupon denied": _COUPON,
    "coupon removed": _COUPON,
}
"""By the event's name in lower case."""
