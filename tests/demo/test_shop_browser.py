"""The demo shop in a real Chromium: shopping works, and what the customer meets reaches the collector."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import chromium

from afterclick.demo import shop

from .conftest import Recorder, wait

pytestmark = pytest.mark.browser

PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as running:
        yield running


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    phone: dict[str, str] = getattr(request, "param", {})
    context = browser.new_context(viewport={"width": 1200, "height": 900}, user_agent=phone.get("user_agent"))
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert not problems


def fill_cart(page: Page, url: str) -> None:
    page.goto(f"{url}/product/403")
    page.click("text=Add to cart")
    expect(page.locator("#cart-count")).to_have_text("1")


def fill_checkout(page: Page, url: str) -> None:
    page.goto(f"{url}/checkout")
    page.fill("[name=email]", "ann@example.org")
    page.fill("[name=name]", "Ann Person")
    page.check("[value=mastercard]")


def test_a_customer_walks_from_the_front_page_to_thanks(
    page: Page, running: shop.Shop, recorder: Recorder
) -> None:
    page.goto(running.url)
    page.click("header >> text=Camp kitchen")
    expect(page.locator("#trust-badge")).to_contain_text("Fairmark")
    page.select_option("#sort", "price")
    expect(page.locator(".card h3").first).to_have_text("Dawn Patrol coffee, 250 g")
    page.click("text=Slow Morning dripper")
    page.click("text=Add to cart")
    expect(page.locator("#cart-count")).to_have_text("1")
    page.click(".cart-link")
    page.click("text=Go to checkout")
    page.fill("[name=email]", "ann@example.org")
    page.fill("[name=name]", "Ann Person")
    page.check("[value=mastercard]")
    page.click("text=Continue to payment")
    expect(page.locator("[value=mastercard]")).to_be_checked()
    page.click("button:has-text('Pay')")
    expect(page.locator("h1")).to_have_text("Thank you. It is on its way.", timeout=15_000)
    expect(page.locator("afterclick-rating")).to_be_attached()
    shown = re.search(r"TT-\w+", page.inner_text(".lead"))
    page.goto("about:blank")

    assert shown
    orders = wait(lambda: recorder.events_of("order"), lambda found: bool(found))
    order = next(each for each in orders if each["order_id"] == shown[0])
    assert (order["revenue"], order["currency"]) == (32, "EUR")
    assert order["tags"] == {"card_network": "mastercard"}
    assert order["user_id"].startswith("cus_")
    mine = wait(
        lambda: [each for each in recorder.events if each.get("session_id") == order["session_id"]],
        lambda found: (
            {each["step"] for each in found}
            == {"home", "list", "product", "cart", "checkout", "payment", "thanks"}
        ),
    )
    paid = next(each for each in mine if each["type"] == "request" and each["target"] == "/api/payment")
    recorder.trace(paid["trace_id"], lambda spans: {each.service for each in spans} == set(shop.TRACED))
    assert {"product", "cart", "checkout", "identify"} <= {each["type"] for each in mine}
    assert "Ann Person" not in str(recorder.events)
    assert "ann@example.org" not in str(recorder.events)


def test_a_failed_checkout_says_so_and_can_be_tried_again(page: Page, running: shop.Shop) -> None:
    fill_cart(page, running.url)
    running.set_fault("inventory-errors", on=True)
    for _ in range(15):
        fill_checkout(page, running.url)
        page.click("button[type=submit]")
        trouble = page.locator(".trouble:visible")
        expect(trouble.or_(page.locator("#payment"))).to_be_visible()
        if trouble.count():
            break
    expect(page.locator(".trouble")).to_have_text(
        "Something broke on our side. Nothing was charged; please try again."
    )

    running.set_fault("inventory-errors", on=False)
    page.click("button:has-text('Try again')")

    expect(page.locator("#payment")).to_be_visible()


LONG_FRAME_TOLD = """() => new Promise((told) => {
  new PerformanceObserver((list) => {
    const scripts = list.getEntries().flatMap((frame) => frame.scripts);
    if (scripts.some((one) => one.sourceURL.endsWith('/gallery.js'))) requestIdleCallback(() => setTimeout(told));
  }).observe({ type: 'long-animation-frame', buffered: true });
})"""
"""Resolves once the browser has told of the long frame of a tap with its script, and whoever listens had the time to
see it: a busy machine makes a long frame of the loading too."""


@pytest.mark.parametrize("page", [{"user_agent": PHONE}], indirect=True)
def test_on_a_phone_the_heavy_release_blocks_the_main_thread_at_each_tap(
    page: Page, running: shop.Shop, recorder: Recorder
) -> None:
    running.set_fault("mobile-long-task", on=True)
    fill_cart(page, running.url)
    page.wait_for_load_state("networkidle")
    page.evaluate(LONG_FRAME_TOLD)
    page.goto("about:blank")

    blocked = wait(
        lambda: [
            each
            for each in recorder.events_of("vital")
            if (each["name"], each["release"]) == ("INP", "1.5.0")
        ],
        lambda found: bool(found),
    )[0]
    assert blocked["value"] > 500
    assert blocked["step"] == "product"
    assert blocked["source"].endswith("/static/gallery.js")


def test_the_unscaled_picture_is_the_largest_paint_after_four_seconds(
    page: Page, running: shop.Shop, recorder: Recorder
) -> None:
    running.set_fault("product-image", on=True)
    page.goto(f"{running.url}/product/102")
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")

    painted = wait(
        lambda: [
            each
            for each in recorder.events_of("vital")
            if each["name"] == "LCP" and each.get("source", "").endswith("/photos/original/102.svg")
        ],
        lambda found: bool(found),
    )[0]
    assert painted["value"] > 4_000
    assert (painted["target"], painted["route"]) == ("img.product-photo", "/product/:id")
