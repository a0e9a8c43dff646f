"""The main job on real input: a customer meets a fault in the shop and finds the visit, explained, on the dashboard.

The pages that it opens are among the pictures of `make screenshots`.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import pictures

from afterclick.demo import shop, shoppers
from afterclick.demo.product import Place, Product
from afterclick.demo.run import SHOP, free_ports

pytestmark = pytest.mark.browser

T = TypeVar("T")
DAY_MS = 86_400_000
PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
SERVICES = ("storefront", "checkout", "payment")


@dataclass(frozen=True)
class Scene:
    """The product with two days of history in it, a week for pictures, and the shop with a slow acquirer."""

    product: Product
    shop: shop.Shop


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    data = tmp_path_factory.mktemp("trail")
    free = iter(free_ports(2 + len(fields(shop.Ports))))
    place = Place(data / "product", next(free), next(free))
    ports = shop.Ports(**{field.name: next(free) for field in fields(shop.Ports)})
    with Product(place) as product:
        product.wait()
        product.name_site(SHOP)
        now, days = time.time_ns() // 1_000_000, 7.0 if pictures.WANTED else 2.0
        history = shoppers.History(seed=3, now=now, days=days, visits_per_day=4000, onset=now - DAY_MS)
        shoppers.backfill(place.collector, product.create_key("history", "historical"), history)
        with shop.start(place.collector, product.public_key(), data, ports) as running:
            running.set_fault("payment-slow", on=True)
            yield Scene(product, running)


def until(read: Callable[[], T | None], what: str, seconds: float = 120.0) -> T:
    """What `read` answers once it answers anything."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := read()) is not None:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what} did not come within {seconds:.0f} s")


def keep(page: Page, name: str, height: int = 900) -> None:
    """Keep pictures of the page, whole, when asked to."""
    pictures.keep(page, name, lambda: until(lambda: settled(page), f"all of the page {name}", 240), height)


def settled(page: Page) -> bool | None:
    """True once the page, read anew, shows all that it will."""
    page.reload()
    expect(page.locator("main")).not_to_contain_text("Reading the evidence", timeout=30_000)
    return None if "not estimated yet" in page.inner_text("main") else True


@pytest.fixture
def customer(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, user_agent=PERSON)
    yield context.new_page()
    context.close()


def buy_with_amex(page: Page, url: str) -> str:
    """Shop from the front page to thanks; the order id."""
    page.goto(url)
    page.click("header >> text=Camp kitchen")
    page.click("text=Slow Morning dripper")
    page.click("text=Add to cart")
    expect(page.locator("#cart-count")).to_have_text("1")
    page.click(".cart-link")
    page.click("text=Go to checkout")
    page.fill("[name=email]", "ann@example.org")
    page.fill("[name=name]", "Ann Person")
    page.check("[value=amex]")
    page.click("text=Continue to payment")
    page.click("button:has-text('Pay')")
    expect(page.locator("h1")).to_have_text("Thank you. It is on its way.", timeout=30_000)
    found = re.search(r"TT-\w+", page.inner_text(".lead"))
    assert found
    return found[0]


def test_a_customer_meets_the_fault_rates_it_and_finds_the_visit_with_its_trace(
    scene: Scene, customer: Page, page: Page
) -> None:
    order = buy_with_amex(customer, scene.shop.url)
    rating = customer.locator("afterclick-rating")
    rating.get_by_role("radio", name=re.compile("2")).check(force=True)
    rating.get_by_role("textbox").fill("slow")
    rating.get_by_role("button", name=re.compile("send", re.IGNORECASE)).click()
    customer.goto("about:blank")

    base = scene.product.place.dashboard
    page.set_viewport_size({"width": 1280, "height": 900})

    def mine() -> bool | None:
        page.goto(f"{base}/visits?find={order}")
        links = page.locator("a[href^='/visits/']")
        if not links.count():
            return None
        links.first.click()
        page.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}"))
        text = page.inner_text("main")
        return True if all(word in text for word in (*SERVICES, "slow", "2 of 5")) else None

    until(mine, "the visit with its trace and rating")
    text = page.inner_text("main")
    assert order in text
    assert "POST acquirer/authorize" in text
    assert "The server made the page" in text
    assert "Ann Person" not in text
    assert "ann@example.org" not in text
    keep(page, "visit", 1300)


def test_the_problem_of_the_history_is_first_with_its_money_and_its_cause(scene: Scene, page: Page) -> None:
    def priced() -> dict[str, Any] | None:
        found = scene.product.problems()
        ready = found and found[0]["estimate"] and found[0]["estimate"]["status"] == "priced"
        return found[0] if ready and scene.product.waiting() < 1000 else None

    first = until(priced, "the price", 240)
    assert (first["step"], first["signal"], first["segment"]) == ("payment", "slow", {"card_network": "amex"})
    assert (first["cause"]["service"], first["cause"]["operation"]) == ("payment", "POST acquirer/authorize")

    base = scene.product.place.dashboard
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(base)
    expect(page.locator("main")).to_contain_text(re.compile("has (been losing|lost) about €"))
    expect(page.locator(".site")).to_have_text(SHOP)
    keep(page, "overview", 1300)
    page.goto(f"{base}/problems")
    keep(page, "problems")
    page.locator("a[href^='/problems/']").first.click()
    expect(page.locator("main")).to_contain_text("POST acquirer/authorize")
    keep(page, "problem", 1500)


def test_a_bar_of_a_problem_opens_the_visits_behind_it(scene: Scene, page: Page) -> None:
    first = until(lambda: next(iter(scene.product.problems()), None), "a problem", 240)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{scene.product.place.dashboard}/problems/{first['id']}")
    chart = page.locator("[data-chart='exposure-data']")
    expect(chart.locator("canvas")).to_be_visible(timeout=30_000)
    exposed: list[int] = json.loads(page.inner_text("#exposure-data"))["exposed"]
    box = chart.bounding_box()
    assert box
    left, right = 44, 16  # of the chart's plot
    highest = (exposed.index(max(exposed)) + 0.5) / len(exposed)
    chart.click(position={"x": left + highest * (box["width"] - left - right), "y": box["height"] * 0.5})
    page.wait_for_url(re.compile(r"/visits\?.*period=\d{13}\.\.\d{13}"))
    assert f"problem={first['id']}" in page.url
    expect(page.locator("main")).to_contain_text("that match")
    expect(page.locator("a[href^='/visits/']").first).to_be_visible()
