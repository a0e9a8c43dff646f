"""Page views, visits and what is told of them."""

import re
import uuid
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.recording import Collector, Site

from afterclick.collect.event.channel import CLICKS
from afterclick.words.snippet import order_snippet, page_snippet

pytestmark = pytest.mark.browser

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_a_page_view_carries_visit_device_release_step_and_campaign(
    page: Page, collector: Collector, site: Site
) -> None:
    address = site.page(
        "/product/7",
        head='<meta name="afterclick:step" content="product">',
        attributes='data-release="1.4.2"',
    )
    page.goto(address + "?utm_campaign=spring&email=ann@example.com#part")
    seen = collector.expect("page_view")
    assert seen["url"] == address + "?utm_campaign=spring"
    assert seen["step"] == "product"
    assert seen["release"] == "1.4.2"
    assert seen["visitor"] == "new"
    assert seen["device_tier"] in ("low", "mid", "high")
    for field in ("id", "session_id", "page_view_id", "device_id"):
        assert UUID7.fullmatch(seen[field]), field


def test_a_page_view_carries_the_trace_of_the_request_that_made_the_page(
    page: Page, collector: Collector, site: Site
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    page.goto(site.page(head=f'<meta name="traceparent" content="00-{trace}-00f067aa0ba902b7-01">'))
    assert collector.expect("page_view")["trace_id"] == trace
    page.evaluate("history.pushState({}, '', '/elsewhere')")
    collector.wait(lambda: len(collector.events("page_view")) == 2, "the soft navigation")
    assert "trace_id" not in collector.events("page_view")[1]


def test_the_session_id_tells_when_the_visit_began(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    origin = page.evaluate("performance.timeOrigin")
    seen = collector.expect("page_view")
    assert uuid.UUID(seen["session_id"]).int >> 80 == pytest.approx(origin, abs=50)
    assert seen["time"] == pytest.approx(origin, abs=50)


def test_the_next_page_belongs_to_the_same_visit_and_is_another_page_view(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page("/a"))
    page.goto(site.page("/b"))
    first = collector.expect("page_view", url=site.origin + "/a")
    second = collector.expect("page_view", url=site.origin + "/b")
    assert first["session_id"] == second["session_id"]
    assert first["page_view_id"] != second["page_view_id"]


def test_half_an_hour_of_silence_ends_the_visit_and_makes_the_visitor_a_returning_one(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page("/a", "<p>Text</p>"))
    first = collector.expect("page_view")
    page.evaluate(
        "const kept = JSON.parse(localStorage.afterclick);"
        "localStorage.afterclick = JSON.stringify({ ...kept, active: kept.active - 31 * 60000 })"
    )
    page.click("p")
    second = collector.expect("page_view", visitor="returning")
    assert second["url"] == first["url"]
    assert second["device_id"] == first["device_id"]
    assert second["session_id"] != first["session_id"]


def test_pushing_a_path_begins_a_page_view_named_by_the_meta_element_that_the_router_sets(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page("/", head='<meta name="afterclick:step" content="home">'))
    collector.expect("page_view", step="home")
    page.evaluate(
        "history.pushState({}, '', '/cart?token=secret'); document.querySelector('meta[name]').content = 'cart'"
    )
    seen = collector.expect("page_view", step="cart")
    assert seen["url"] == site.origin + "/cart"
    page.evaluate("afterclick.track('later')")
    assert collector.expect("track", name="later")["page_view_id"] == seen["page_view_id"]


def test_going_back_is_a_page_view_but_a_changed_query_is_none(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page("/a"))
    page.evaluate("history.pushState({}, '', '/b')")
    page.evaluate("history.pushState({}, '', '/b?sort=price'); history.replaceState({}, '', '/b?sort=name')")
    page.evaluate(
        "new Promise((done) => { addEventListener('popstate', done, { once: true }); history.go(-2) })"
    )
    page.evaluate("afterclick.track('last')")
    collector.expect("track", name="last")
    views = sorted(collector.events("page_view"), key=lambda event: event["time"])
    paths = [event["url"].removeprefix(site.origin) for event in views]
    assert paths == ["/a", "/b", "/a"]


def test_what_an_application_asks_for_on_going_back_belongs_to_the_page_it_goes_back_to(
    page: Page, collector: Collector, site: Site
) -> None:
    """A router that started before our script hears of it first."""
    page.goto(site.page("/a", head="<script>addEventListener('popstate', () => fetch('/asked'))</script>"))
    page.evaluate("history.pushState({}, '', '/b'); fetch('/before')")
    collector.expect("request", target="/before")
    page.evaluate("history.back()")
    asked = collector.expect("request", target="/asked")
    collector.wait(lambda: len(collector.events("page_view")) == 3, "the page gone back to")
    _, b, a = sorted(collector.events("page_view"), key=lambda event: event["time"])
    assert asked["page_view_id"] == a["page_view_id"]
    assert collector.expect("request", target="/before")["page_view_id"] == b["page_view_id"]


def test_page_names_the_page_view_and_a_further_name_on_one_address_begins_another(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(
        site.page("/checkout", "<script>afterclick.page({ step: 'shipping', route: '/checkout' })</script>")
    )
    page.wait_for_function("afterclick.q.length === undefined")
    page.evaluate("afterclick.page({ step: 'shipping' }); afterclick.page({ step: 'payment' })")
    collector.expect("page_view", step="payment")
    collector.expect("page_view", step="shipping", route="/checkout")
    views = sorted(collector.events("page_view"), key=lambda event: event["time"])
    assert [event["step"] for event in views] == ["shipping", "payment"]


def test_a_page_from_the_back_forward_cache_is_seen_anew(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page("/a"))
    collector.expect("page_view")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    collector.wait(lambda: len(collector.events("page_view")) == 2, "the second page view")


def test_calls_and_errors_from_before_the_script_came_are_kept(
    page: Page, collector: Collector, site: Site
) -> None:
    body = (
        "<script>afterclick.tag('card_network', 'visa'); afterclick.track('early', { depth: 2 });"
        "setTimeout(() => missing())</script>"
    )
    page.goto(site.page("/", body))
    seen = collector.expect("track", name="early")
    assert seen["props"] == {"depth": 2}
    assert seen["tags"] == {"card_network": "visa"}
    assert collector.expect("error", name="ReferenceError")["message"].endswith("missing is not defined")
    assert len(collector.events("error")) == 1


def test_the_visitor_from_elsewhere_brings_a_referrer_without_its_path(
    page: Page, collector: Collector, site: Site
) -> None:
    site.page("/shop")
    other = site.origin.replace("127.0.0.1", "localhost")
    site.serve(
        "/link", f"<a href='{site.origin}/shop'>Shop</a>", type="text/html", Referrer_Policy="unsafe-url"
    )
    page.goto(other + "/link?q=private")
    page.click("a")
    assert collector.expect("page_view")["referrer"] == other


def test_tags_join_the_events_that_follow_and_identify_the_visit(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page("/a"))
    page.wait_for_function("afterclick.q.length === undefined")
    page.evaluate(
        "afterclick.track('one'); afterclick.tag('plan', 'gold'); afterclick.identify('c-17'); afterclick.track('two')"
    )
    assert "tags" not in collector.expect("track", name="one")
    assert collector.expect("track", name="two")["tags"] == {"plan": "gold"}
    assert collector.expect("identify")["user_id"] == "c-17"
    page.goto(site.page("/b"))
    assert collector.expect("page_view", url=site.origin + "/b")["user_id"] == "c-17"


@pytest.mark.parametrize("name", ["product", "search", "cart", "checkout", "order", "refund"])
def test_commerce_is_told_in_its_own_type(name: str, page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    details = "{ value: 3, target: 'p-1', order_id: 'o-1', revenue: '19.90', currency: 'EUR', coupon: 'X', nested: {} }"
    page.evaluate(f"afterclick.track('{name}', {details})")
    seen = collector.expect(name)
    assert "name" not in seen
    wanted = {
        "value": 3,
        "target": "p-1",
        "order_id": "o-1",
        "revenue": "19.90",
        "currency": "EUR",
        "props": {"coupon": "X"},
    }
    assert {field: seen[field] for field in wanted} == wanted


def test_the_immutable_address_serves_the_same_script(
    browser: Browser, page: Page, collector: Collector, site: Site
) -> None:
    from tests.browser.recording import SDK

    hashed = next(SDK.glob("afterclick-*.js")).name
    page.goto(site.page(sdk=hashed))
    assert collector.expect("page_view")


def test_an_address_that_keeps_moving_is_one_page_view_and_few_requests(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    collector.expect("page_view")
    page.evaluate("""async () => {
        for (let i = 0; i < 150; i++) {
            history.replaceState({}, '', '/map/@50.1' + i + ',14.2,12z');
            await new Promise((r) => setTimeout(r, 10));
        }
    }""")
    collector.expect("page_view", url=f"{site.origin}/map/@50.1149,14.2,12z")
    assert len(collector.events("page_view")) == 2
    assert len(collector.posts) <= 4


def test_a_router_that_drops_the_slash_shows_no_other_page(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page("/shop/"))
    collector.expect("page_view")
    page.evaluate(
        "history.pushState({}, '', '/shop'); history.replaceState({}, '', '/shop/'); history.pushState({}, '', '/next')"
    )
    collector.expect("page_view", url=f"{site.origin}/next")
    assert len(collector.events("page_view")) == 2


def test_applications_that_route_by_fragment_or_query_say_so(
    page: Page, collector: Collector, site: Site
) -> None:
    site.page("/app/", attributes='data-routing="hash"')
    page.goto(f"{site.origin}/app/#/cart")
    page.wait_for_function("afterclick.q.length === undefined")
    page.evaluate("location.hash = '#/checkout/1?token=secret'")
    page.evaluate("location.hash = '#top'")
    site.page("/index.php", attributes='data-routing="route"')
    page.goto(f"{site.origin}/index.php?route=checkout/cart&token=secret")
    collector.expect("page_view", url=f"{site.origin}/index.php/checkout/cart")
    views = sorted(collector.events("page_view"), key=lambda event: event["time"])
    assert [event["url"].removeprefix(site.origin) for event in views] == [
        "/app/cart", "/app/checkout/1", "/app/", "/index.php/checkout/cart",
    ]  # fmt: skip


def test_a_click_on_an_advertisement_is_told_without_whose_it_was(
    page: Page, collector: Collector, site: Site
) -> None:
    site.page("/landing")
    page.goto(f"{site.origin}/landing?gclid=Example1&UTM_SOURCE=Letter&q=private&msclkid=")
    assert collector.expect("page_view")["url"] == f"{site.origin}/landing?gclid=1&utm_source=Letter"


def test_every_parameter_that_tells_a_channel_is_told(page: Page, collector: Collector, site: Site) -> None:
    site.page("/landing")
    page.goto(f"{site.origin}/landing?" + "&".join(f"{name}=secret" for name in sorted(CLICKS)))
    address: str = collector.expect("page_view")["url"]
    told = parse_qs(urlsplit(address).query)
    assert told == {name: ["1"] for name in CLICKS}


def test_a_long_address_keeps_its_campaign(page: Page, collector: Collector, site: Site) -> None:
    path = "/" + "x" * 900
    site.page(path)
    page.goto(f"{site.origin}{path}?utm_content={'c' * 120}&utm_medium=email&utm_campaign=long")
    assert collector.expect("page_view")["url"].endswith("&utm_medium=email&utm_campaign=long")


def test_an_app_is_named_as_what_the_visitor_came_from(page: Page, collector: Collector, site: Site) -> None:
    page.add_init_script(
        "Object.defineProperty(document, 'referrer', { get: () => 'android-app://com.pinterest/' })"
    )
    page.goto(site.page())
    assert collector.expect("page_view")["referrer"] == "android-app://com.pinterest"


def test_a_page_that_the_server_failed_to_make_says_so(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    assert collector.expect("page_view")["status"] == 200
    whole = site.routes["/"]
    site.routes["/broken"] = lambda request: replace(whole(request), status=500)
    page.goto(site.origin + "/broken")
    assert collector.expect("page_view", url=site.origin + "/broken")["status"] == 500


@pytest.mark.parametrize(("currency", "revenue"), [("EUR", 59.9), ("JPY", 60)])
def test_the_lines_of_connect_tell_an_order_though_the_page_calls_before_the_sdk_came(
    page: Page, collector: Collector, site: Site, currency: str, revenue: float
) -> None:
    told = page_snippet("test-key", collector.origin) + order_snippet(currency)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    site.serve("/thanks", f"<!doctype html><title>Thanks</title>{told}", type="text/html")
    page.goto(f"{site.origin}/thanks")
    order = collector.expect("order")
    assert (order["order_id"], order["revenue"], order["currency"]) == ("1234", revenue, currency)
    assert errors == []
