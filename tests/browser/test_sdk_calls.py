"""What pages hand over may be anything: no call throws, no event is lost, and nothing odd is sent."""

import pytest
from playwright.sync_api import Page
from tests.browser.recording import Collector, Site

pytestmark = pytest.mark.browser

ODD = {
    "a BigInt": "77n",
    "a circle": "(() => { const a = {}; a.a = a; return a })()",
    "a toJSON that throws": "{ toJSON() { throw new Error('no') } }",
    "an object without prototype": "Object.create(null)",
    "a symbol": "Symbol('s')",
    "a function": "() => 1",
    "null": "null",
    "undefined": "undefined",
    "an infinite number": "1 / 0",
    "no number": "0 / 0",
    "a list": "[1, [2]]",
    "a date": "new Date()",
    "half a character": "'\\ud83d'",
    "a getter that throws": "Object.defineProperty({}, 'x', { enumerable: true, get() { throw new Error('no') } })",
    "a proxy that throws": "new Proxy({}, { ownKeys() { throw new Error('no') }, get() { throw new Error('no') } })",
}
CALLS = """() => {
    const odd = () => (%(odd)s);
    for (const field of %(fields)s)
        afterclick.track('order', { order_id: 'o-' + field, revenue: 5, currency: 'EUR', [field]: odd() });
    afterclick.track('whole', odd());
    afterclick.track(odd());
    afterclick.identify(odd());
    afterclick.page(odd());
    afterclick.page({ step: odd(), route: odd() });
    afterclick.tag('k', odd());
    afterclick.tag(odd(), 'v');
    afterclick.rate(odd(), odd());
    afterclick.error(odd(), odd());
    afterclick.track('last');
}"""
FIELDS = ["value", "revenue", "target", "order_id", "currency", "detail"]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_detail_loses_neither_its_event_nor_a_neighbour(
    odd: str, page: Page, collector: Collector, site: Site
) -> None:
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(site.page())
    collector.expect("page_view")
    page.evaluate(CALLS % {"fields": FIELDS, "odd": ODD[odd]})
    collector.expect("track", name="last")
    assert thrown == []
    orders = collector.events("order")
    assert len(orders) == len(FIELDS)
    told = [one.get("order_id", "") for one in orders]
    assert [one for one in told if one.startswith("o-")] == [
        f"o-{field}" for field in FIELDS if field != "order_id"
    ]


def test_numbers_are_taken_for_the_texts_that_they_are_meant_as(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    page.evaluate(
        "afterclick.identify(90210); afterclick.page({ step: 2 });"
        "afterclick.track('order', { order_id: 81, revenue: 35 })"
    )
    order = collector.expect("order")
    assert (order["user_id"], order["step"], order["order_id"]) == ("90210", "2", "81")


def test_a_number_that_an_older_version_kept_as_the_user_is_healed(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    collector.expect("page_view")
    page.evaluate(
        "localStorage.afterclick = JSON.stringify({ ...JSON.parse(localStorage.afterclick), user: 90210 })"
    )
    page.reload()
    assert collector.expect("page_view", user_id="90210")


def test_a_browser_of_the_sites_own_people_is_told_from_its_next_page_on_until_it_is_no_longer(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    assert "device_class" not in collector.expect("page_view")
    page.evaluate("afterclick.internal()")
    assert device_class_of(page, collector, site.page("/next")) == "internal"
    page.evaluate(
        "localStorage.afterclick = JSON.stringify({ ...JSON.parse(localStorage.afterclick), active: 1 })"
    )
    assert device_class_of(page, collector, site.page("/later")) == "internal"
    page.evaluate("afterclick.internal(false)")
    assert device_class_of(page, collector, site.page("/last")) is None


def device_class_of(page: Page, collector: Collector, url: str) -> object:
    page.goto(url)
    return collector.expect("page_view", url=url).get("device_class")


def test_texts_are_cut_between_characters(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    page.evaluate("afterclick.track('cut', { text: 'x' + '\\u{1f600}'.repeat(600) })")
    assert collector.expect("track")["props"]["text"] == "x" + "\U0001f600" * 499


def test_a_sum_goes_as_it_is_written(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    page.evaluate("for (const revenue of ['1.299,00', '', 5, null]) afterclick.track('order', { revenue })")
    collector.wait(lambda: len(collector.events("order")) == 4, "four orders")
    assert [order.get("revenue") for order in collector.events("order")] == ["1.299,00", "", 5, None]


def test_rejections_that_are_no_errors_are_told_apart(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    collector.expect("page_view")
    page.evaluate("""() => {
        Promise.reject({ status: 402, message: 'card declined' });
        Promise.reject({ status: 409, message: 'out of stock' });
        Promise.reject(Object.create(null));
    }""")
    collector.wait(lambda: len(collector.events("error")) == 3, "three errors")
    assert [event["message"] for event in collector.events("error")] == [
        "Error: card declined, status 402",
        "Error: out of stock, status 409",
        "Error: an object without a message",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "safari-web-extension://AB/c.js",
        "webkit-masked-url://hidden/",
        "moz-extension://a/b.js",
        "chrome-extension://a/b.js",
    ],
)
def test_errors_of_extensions_are_not_the_sites(
    address: str, page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    collector.expect("page_view")
    page.evaluate(
        "filename => dispatchEvent("
        "new ErrorEvent('error', { message: 'theirs', filename, error: new Error('theirs') }))",
        address,
    )
    page.evaluate("afterclick.track('last')")
    collector.expect("track")
    assert collector.events("error") == []


def test_an_error_that_a_framework_caught_can_be_handed_on(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    page.evaluate(
        "try { undefined.price } catch (error) { afterclick.error(error, { component: 'Cart', info: {} }) }"
    )
    seen = collector.expect("error", name="TypeError")
    assert "price" in seen["message"]
    assert seen["props"]["component"] == "Cart"
    assert "stack" in seen["props"]
