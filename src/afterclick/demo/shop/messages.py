"""What the shop's processes and clients say to each other: JSON bodies as typed records, money in euros."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

CardNetwork = Literal["visa", "mastercard", "amex"]
Name = Annotated[str, Meta(max_length=200)]
CURRENCY = "EUR"


class Product(Struct, frozen=True):
    """One thing for sale. `shape` and `palette` draw its picture; `rank` is its place by popularity."""

    id: str
    category: str
    name: str
    price: float
    blurb: str
    details: tuple[str, ...]
    shape: str
    palette: str
    rank: int


class Products(Struct, frozen=True):
    """An ordered choice of products."""

    products: list[Product]


class AddLine(Struct, frozen=True, forbid_unknown_fields=True):
    """Put `quantity` of a product into a cart, or take it away when negative."""

    product_id: Name
    quantity: Annotated[int, Meta(ge=-99, le=99)] = 1


class CartLine(Struct, frozen=True):
    """One product in a cart at today's price."""

    product_id: str
    name: str
    price: float
    quantity: int
    total: float


class Cart(Struct, frozen=True):
    """A cart at today's prices; `id` is empty for a visitor who has none yet."""

    id: str
    lines: list[CartLine] = []
    count: int = 0
    total: float = 0.0
    currency: str = CURRENCY


class CheckoutForm(Struct, frozen=True):
    """What the customer fills in at checkout."""

    email: Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+$", max_length=200)]
    name: Name = ""
    address: Name = ""
    city: Name = ""
    country: Name = ""
    card_network: CardNetwork | Literal[""] = ""


class OpenCheckout(Struct, frozen=True):
    """Ask checkout to take a cart to the till."""

    cart_id: Name
    customer_id: Name
    card_network: CardNetwork | Literal[""] = ""


class Checkout(Struct, frozen=True):
    """A cart at the till; `order_id` is empty until it is paid."""

    id: str
    customer_id: str
    card_network: str
    total: float
    currency: str = CURRENCY
    order_id: str = ""


class Pay(Struct, frozen=True):
    """Pay a checkout by card; browsers carry `checkout_id` in a cookie."""

    card_network: CardNetwork
    checkout_id: Name = ""


class Paid(Struct, frozen=True):
    """A paid order: `id` of its checkout, and what was earned."""

    id: str
    order_id: str
    revenue: float
    currency: str
    card_network: str


class Charge(Struct, frozen=True):
    """Money to take from a card."""

    reference: Name
    amount: float
    currency: str
    card_network: CardNetwork


class Authorization(Struct, frozen=True):
    """The acquirer's yes."""

    id: str


class Item(Struct, frozen=True):
    """Some of one product."""

    product_id: Name
    quantity: int


class Reserve(Struct, frozen=True):
    """Things to hold back from the shelves for a checkout."""

    checkout_id: Name
    items: list[Item]


class Reservation(Struct, frozen=True):
    """Things held back, or on their way when `shipped`."""

    id: str
    shipped: bool = False


class Done(Struct, frozen=True):
    """An answer without content."""

    ok: bool = True


class Health(Struct, frozen=True):
    """A process that answers."""

    process: str
    pid: int


class Switch(Struct, frozen=True):
    """Turn a fault on or off."""

    on: bool


class FaultState(Struct, frozen=True):
    """Every fault by name, and the release of the pages that follows from them."""

    faults: dict[str, bool]
    release: str


class Failure(Struct, frozen=True):
    """Why a request was not done: a code for programs and a sentence for people."""

    error: str
    message: str
