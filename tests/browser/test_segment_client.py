"""The real `@segment/analytics-next` in a real Chromium, started and fed by a real collector process alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.watching import Client, Kept, watched
from tests.collect.conftest import Process, until

from afterclick.signals import NO_ID

pytestmark = pytest.mark.browser

Scene = tuple[Client, Process, Kept]
BATCHING = {
    "integrations": {"Segment.io": {"deliveryStrategy": {"strategy": "batching", "config": {"size": 4}}}}
}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with watched("segment_browser.js", tmp_path / "data") as opened:
        yield opened


@pytest.mark.parametrize("init", [{}, BATCHING], ids=["one by one", "in batches"])
def test_analytics_js_starts_without_a_cdn_and_all_its_calls_come_in(
    scene: Scene, page: Page, init: dict[str, Any]
) -> None:
    site, collector, kept = scene
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    options = {"key": collector.key, "collector": collector.url, "init": init}
    page.goto(site.page("/shop", "<h1>Shop</h1>", options) + "?utm_campaign=spring&token=s3cret")
    page.evaluate(
        """async () => {
          await analytics.page('Shop', 'Home');
          await analytics.track('Product Viewed', { product_id: 'p-1', price: 19.5 });
          await analytics.alias('u-1', 'old-1');
          await analytics.identify('u-1', { plan: 'pro', email: 'ann@example.org' });
          await analytics.track('Order Completed', { order_id: 'o-1', total: 39, currency: 'CZK' });
          await analytics.group('g-1', { name: 'ACME' });
          await analytics.screen('Cart');
          await analytics.track('Played', { quality: { lines: 1080 } });
        }"""
    )
    kept.until(lambda kept: len(kept.events) >= 8, "all eight calls are kept")

    assert failed == []
    assert {url.split("/")[2] for url in asked} == {collector.url.split("/")[2], site.origin.split("/")[2]}
    home, cart = kept.of("page_view")
    assert (home.path, home.step, home.campaign) == ("/shop", "Home", "spring")
    assert (cart.step, json.loads(home.props)["category"]) == ("Cart", "Shop")
    (product,), (order,) = kept.of("product"), kept.of("order")
    assert (product.target, product.value, product.user_id) == ("p-1", 19.5, "")
    assert (order.order_id, order.revenue, order.currency, order.user_id) == ("o-1", 39, "CZK", "u-1")
    alias, signed_in = kept.of("identify")
    assert (signed_in.user_id, alias.user_id, json.loads(alias.props)["previous_id"]) == (
        "u-1",
        "u-1",
        "old-1",
    )
    assert json.loads(signed_in.props)["email"] == "[email]"
    assert {one.name for one in kept.of("track")} == {"Group", "Played"}
    assert len({event.device_id for event in kept.events}) == 1
    assert home.device_id != ""
    assert all("Chrome" in event.user_agent for event in kept.events)
    assert {event.session_id for event in kept.events} == {NO_ID}
    assert "s3cret" not in repr(kept.events)
    assert kept.counted() == {"": 8}


def _said(page: Page, said: list[str]) -> bool:
    page.evaluate("() => null")  # lets what the page said come in
    return any("write key is unknown" in text for text in said)


def test_without_a_valid_key_analytics_js_does_not_start(scene: Scene, page: Page) -> None:
    site, collector, kept = scene
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(site.page("/shop", "", {"key": "ac_wrong", "collector": collector.url, "init": {}}))
    page.evaluate("() => { void analytics.page(); }")  # it waits for ever
    until(lambda: _said(page, said), 20, "the client says why")
    assert kept.read().events == []
