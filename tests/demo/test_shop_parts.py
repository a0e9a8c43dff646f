"""The parts of the demo shop that need no process: refusals, carts, pictures, the switchboard's door."""

import asyncio
import random
from xml.etree import ElementTree

import httpx
import pytest
from starlette.applications import Starlette

from afterclick.demo import shop
from afterclick.demo.shop import acquirer, pictures, products, storefront
from afterclick.demo.shop.api import RefusedError
from afterclick.demo.shop.bounded import Bounded
from afterclick.demo.shop.cart import changed
from afterclick.demo.shop.messages import AddLine
from afterclick.demo.shop.process import Process

from .conftest import free_ports


class Unlucky(random.Random):
    """Dice that always fall on the smallest side."""

    def random(self) -> float:
        return 0.0


def process(name: str, dice: random.Random) -> Process:
    return Process(name, free_ports(), collector="http://127.0.0.1:9", key="", dice=dice)


def ask(
    app: Starlette, method: str, path: str, body: object = None, host: str = "127.0.0.1"
) -> httpx.Response:
    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(host, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            return await client.request(method, path, json=body)

    return asyncio.run(once())


def test_faults_cannot_be_switched_from_another_machine() -> None:
    app = storefront.create(process("storefront", random.Random(1)))

    assert ask(app, "POST", "/_faults/payment-slow", {"on": True}, host="10.0.0.9").status_code == 403
    assert ask(app, "GET", "/_faults", host="10.0.0.9").status_code == 403
    assert ask(app, "PUT", "/_faults", {"payment-slow": True}, host="10.0.0.9").status_code == 403
    assert not any(ask(app, "GET", "/_faults").json()["faults"].values())


def test_a_service_that_is_gone_is_a_502_in_words_for_the_one_who_asked() -> None:
    app = storefront.create(process("storefront", random.Random(1)))
    call, page = ask(app, "GET", "/api/products"), None
    app = storefront.create(process("storefront", random.Random(1)))
    page = ask(app, "GET", "/category/packs")

    assert (call.status_code, call.json()) == (
        502,
        {"error": "upstream", "message": "catalog did not answer."},
    )
    assert page.status_code == 502
    assert "Something broke on our side" in page.text


def test_a_declined_card_is_a_402_that_says_to_try_again() -> None:
    app = acquirer.create(process("acquirer", Unlucky(1)))

    answer = ask(
        app,
        "POST",
        "/authorize",
        {"reference": "1", "amount": 9.5, "currency": "EUR", "card_network": "visa"},
    )

    assert (answer.status_code, answer.json()["error"]) == (402, "declined")


def test_taking_away_removes_a_line_and_too_many_of_one_thing_are_refused() -> None:
    assert changed({}, AddLine("101", 2)) == {"101": 2}
    assert changed({"101": 2, "102": 1}, AddLine("101", -1)) == {"101": 1, "102": 1}
    assert changed({"101": 2, "102": 1}, AddLine("101", -5)) == {"102": 1}
    with pytest.raises(RefusedError, match="At most 99"):
        changed({"101": 99}, AddLine("101", 1))


def test_bounded_memory_forgets_the_oldest_and_keeps_what_was_touched_last() -> None:
    kept: Bounded[str, int] = Bounded(2)
    for key in ("a", "b", "a", "c"):
        kept[key] = 1

    assert list(kept) == ["a", "c"]


def test_the_shop_sells_forty_things_each_with_a_picture_of_its_own_that_needs_nobody_else() -> None:
    everything = products.products().values()

    assert [len(products.choose(category, "price", "").products) for category in products.CATEGORIES] == [
        8
    ] * 5
    for product in everything:
        root = ElementTree.fromstring(pictures.photo(product))
        references = {value for each in root.iter() for name, value in each.items() if name.endswith("href")}
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not references
    assert len({pictures.photo(product) for product in everything}) >= 35


def test_products_come_in_the_order_asked_for() -> None:
    prices = [product.price for product in products.choose("sleep", "price", "").products]
    down = [product.price for product in products.choose("sleep", "-price", "").products]

    assert prices == sorted(prices)
    assert down == sorted(prices, reverse=True)
    assert products.choose("", "popular", "").products[0].id == "101"


def test_the_documented_faults_are_the_shops_faults(request: pytest.FixtureRequest) -> None:
    documented = (request.config.rootpath / "docs" / "demo.md").read_text()

    assert all(f"`{name}`" in documented for name in shop.FAULTS)
