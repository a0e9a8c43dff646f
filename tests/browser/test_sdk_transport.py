"""How events leave the page: batches, beacons, retries, and a strict content security policy."""

import json

import pytest
from playwright.sync_api import Page
from tests.browser.recording import Collector, Site

pytestmark = pytest.mark.browser

BEACON_LIMIT = 65_536


def test_events_go_out_together_as_plain_text_with_the_key_and_without_a_preflight(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    page.evaluate("for (let i = 0; i < 5; i++) afterclick.track('one', { i })")
    collector.expect("track")
    posts = collector.posts
    assert all(request.method == "POST" for request in posts)
    assert posts[0].query["key"] == ["test-key"]
    assert posts[0].headers["content-type"].startswith("text/plain")
    assert len(posts) <= 2
    assert set(json.loads(posts[0].body)) == {"sent_at", "context", "events"}


def test_what_is_waiting_goes_out_by_beacon_when_the_visitor_leaves(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    page.wait_for_function("afterclick.q.length === undefined")
    page.evaluate(
        "const send = navigator.sendBeacon.bind(navigator);"
        "navigator.sendBeacon = (...all) => (sessionStorage.beacons = 1, send(...all))"
    )
    page.evaluate("afterclick.track('order', { order_id: 'o-1', revenue: 5, currency: 'EUR' })")
    site.serve("/next", "<p>Next</p>", type="text/html")
    page.goto(site.origin + "/next")
    assert collector.expect("order")["order_id"] == "o-1"
    assert page.evaluate("sessionStorage.beacons") == "1"


def test_what_is_too_large_for_one_beacon_is_split_and_none_is_lost_while_the_page_lives(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    collector.expect("page_view")
    collector.refusals = [503]
    page.evaluate("for (let i = 0; i < 180; i++) afterclick.track('big', { i, text: 'ü'.repeat(400) })")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    collector.wait(
        lambda: len(collector.events("track", name="big")) == 180,
        f"180 events, {len(collector.taken)} requests so far",
    )
    assert sum(len(request.body) for request in collector.taken) > 2 * BEACON_LIMIT
    assert max(len(request.body) for request in collector.posts) <= BEACON_LIMIT
    assert {event["props"]["i"] for event in collector.events("track", name="big")} == set(range(180))


@pytest.mark.parametrize("status", [429, 503])
def test_a_refused_batch_is_sent_again_with_the_same_ids(
    status: int, page: Page, collector: Collector, site: Site
) -> None:
    collector.refusals = [status]
    page.goto(site.page())
    seen = collector.expect("page_view")
    assert collector.refused[0].events[0]["id"] == seen["id"]


def test_a_batch_that_can_never_be_taken_is_not_sent_again(
    page: Page, collector: Collector, site: Site
) -> None:
    collector.refusals = [400]
    page.goto(site.page())
    collector.wait(lambda: bool(collector.refused), "the refusal")
    page.evaluate("afterclick.track('later')")
    collector.expect("track")
    assert collector.refused[0].events[0]["type"] == "page_view"
    assert collector.events("page_view") == []


def test_an_unreachable_collector_costs_at_most_500_events_and_the_oldest_first(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    collector.expect("page_view")
    page.context.set_offline(True)
    page.evaluate(
        "(async () => { for (let view = 0; view < 4; view++) { history.pushState({}, '', '/v' + view);"
        "for (let i = 0; i < 190; i++) afterclick.track('n', { n: view * 190 + i });"
        "await new Promise((done) => setTimeout(done, 20)) } })()"
    )
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    collector.wait(
        lambda: (
            bool(collector.events("track")) and max(e["props"]["n"] for e in collector.events("track")) == 759
        ),
        "the newest event",
    )
    assert len(collector.events("track")) <= 500


def test_it_works_under_a_content_security_policy_that_allows_only_the_collector(
    page: Page, collector: Collector, site: Site
) -> None:
    policy = (
        f"default-src 'none'; script-src {collector.origin}; connect-src {collector.origin};"
        "img-src data:; require-trusted-types-for 'script'"
    )
    violations: list[str] = []
    page.on(
        "console",
        lambda message: (
            violations.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    page.goto(site.page("/", "<h1>Strict</h1>", headers={"Content-Security-Policy": policy}, snippet=False))
    collector.expect("vital", name="FCP")
    page.evaluate("void afterclick.ask()")
    page.get_by_role("radiogroup").wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('afterclick-rating')).position") == "fixed"
    assert violations == []
    assert not [request for request in collector.requests if request.method == "OPTIONS"]


@pytest.mark.parametrize("missing", ["() => false", "undefined", "() => { throw new Error('no') }"])
def test_without_beacons_what_waits_goes_out_all_the_same(
    missing: str, page: Page, collector: Collector, site: Site
) -> None:
    page.add_init_script(f"navigator.sendBeacon = {missing}")
    page.goto(site.page())
    page.wait_for_function("afterclick.q.length === undefined")
    page.evaluate("afterclick.track('order', { order_id: 'o-1', revenue: 5, currency: 'EUR' })")
    site.serve("/next", "<p>Next</p>", type="text/html")
    page.goto(site.origin + "/next")
    assert collector.expect("order")["order_id"] == "o-1"


def test_what_neither_beacon_nor_fetch_took_goes_out_from_the_next_page(
    page: Page, collector: Collector, site: Site
) -> None:
    page.add_init_script("""
        navigator.sendBeacon = () => false;
        if (location.pathname === '/') window.fetch = () => new Promise(() => 0);
    """)
    page.goto(site.page())
    page.wait_for_function("afterclick.q.length === undefined")
    page.evaluate("afterclick.track('order', { order_id: 'o-1', revenue: 5, currency: 'EUR' })")
    site.page("/next")
    page.goto(site.origin + "/next")
    assert collector.expect("order")["order_id"] == "o-1"
    assert page.evaluate("localStorage['afterclick.unsent']") is None


@pytest.mark.parametrize("off", [3_600_000, -26 * 3_600_000])
def test_the_visitors_clock_is_told_beside_the_times_by_it(
    off: int, page: Page, collector: Collector, site: Site
) -> None:
    page.add_init_script(f"const real = Date.now; Date.now = () => real() + {off};")
    page.goto(site.page())
    seen = collector.expect("page_view")
    sent = json.loads(collector.posts[0].body)["sent_at"]
    assert 0 <= sent - seen["time"] < 60_000
