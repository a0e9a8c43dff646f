"""Where a page was left to, and what becomes of it when the answer is a failure without any script."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page
from tests.browser.recording import Answer, Collector, Request, Server, Site
from tests.browser.watching import PERSON
from tests.collect.conftest import Process, until

from afterclick.journeys import Filter, visit, visits
from afterclick.pages.visit.context import visit_page
from afterclick.resolve import unknown_failures
from afterclick.resolve.leavings import answered, append
from afterclick.store.drain.drain import Drain
from afterclick.store.scope import Scope
from afterclick.store.spool.outlet import Outlet
from afterclick.store.store import Store
from afterclick.visits.enrich import STEPS

pytestmark = pytest.mark.browser

MINUTE = 60_000
BODY = """
<form id="pay" method="post" action="/checkout/pay?coupon=ann@example.org"><input name="q"><button>Pay</button></form>
<form id="find" action="/find"><input name="q"><button>Find</button></form>
<a id="more" href="/product/7?from=list#photos">More</a>
<a id="down" href="#down">Down</a>
<a id="away" href="AWAY/sdk/manifest.json">Away</a>
"""
Act = Callable[[Page], object]


@pytest.fixture
def shop(collector: Collector, site: Site) -> str:
    """The address of a page that can be left; all that it leads to fails and carries no script."""
    for path in ("/checkout/pay", "/find", "/product/7"):
        site.serve(path, "Internal Server Error", 500)
    return site.page("/checkout", BODY.replace("AWAY", collector.origin))


LEAVES: dict[str, tuple[Act, str, str]] = {
    "submit": (lambda page: page.click("#pay button"), "POST", "/checkout/pay"),
    "enter": (lambda page: page.press("#pay input", "Enter"), "POST", "/checkout/pay"),
    "requestSubmit": (lambda page: page.evaluate("pay.requestSubmit()"), "POST", "/checkout/pay"),
    "form.submit": (lambda page: page.evaluate("pay.submit()"), "POST", "/checkout/pay"),
    "GET form": (lambda page: page.press("#find input", "Enter"), "GET", "/find"),
    "link": (lambda page: page.click("#more"), "GET", "/product/7"),
    "link by keyboard": (lambda page: page.press("#more", "Enter"), "GET", "/product/7"),
    "script": (lambda page: page.evaluate("location.href = '/product/7'"), "GET", "/product/7"),
}


@pytest.mark.parametrize(("leave", "method", "target"), LEAVES.values(), ids=LEAVES)
def test_a_page_tells_where_it_was_left_to_and_how(
    page: Page, collector: Collector, shop: str, leave: Act, method: str, target: str
) -> None:
    page.goto(shop)
    shown = collector.expect("page_view")
    before = page.evaluate("Date.now()")
    leave(page)
    told = collector.expect("leave")
    assert (told["method"], told["target"]) == (method, target)
    assert told["page_view_id"] == shown["page_view_id"]
    assert before - 50 <= told["time"] <= time.time() * 1000
    assert 0 <= told["duration_ms"] < 10_000


def after(script: str, press: str) -> Act:
    def act(page: Page) -> None:
        page.evaluate(f"void ({script})")
        page.click(press)

    return act


def go_away(page: Page) -> None:
    page.click("#away")
    page.wait_for_url("**/manifest.json")


STAYS: dict[str, Act] = {
    "prevented submit": after("pay.onsubmit = () => false", "#pay button"),
    "prevented": after("navigation.onnavigate = (event) => event.preventDefault()", "#more"),
    "intercepted": after("navigation.onnavigate = (event) => event.intercept()", "#more"),
    "fragment": lambda page: page.click("#down"),
    "pushState": lambda page: page.evaluate("history.pushState({}, '', '/checkout/2')"),
    "other origin": go_away,
    "closed": lambda _: None,
}


@pytest.mark.parametrize("act", STAYS.values(), ids=STAYS)
def test_a_page_that_stayed_or_was_left_to_another_origin_tells_nothing(
    page: Page, collector: Collector, shop: str, act: Act
) -> None:
    page.goto(shop)
    collector.expect("page_view")
    act(page)
    page.goto("about:blank")
    collector.expect("vital", name="FCP")
    assert collector.events("leave") == []


def test_a_page_that_comes_back_tells_no_old_leaving(page: Page, collector: Collector, shop: str) -> None:
    page.goto(shop)
    page.click("#more")
    collector.expect("leave")
    page.go_back()
    page.evaluate("afterclick.track('back')")
    page.goto("about:blank")
    collector.expect("track", name="back")
    assert len(collector.events("leave")) == 1


class Checkout(Server):
    """A shop whose payment fails: the page that answers carries nothing, the trace goes to a collector."""

    def __init__(self, collector: Process) -> None:
        super().__init__()
        self.collector = collector
        snippet = (
            f'<script async src="{collector.url}/sdk/afterclick.js" data-key="{collector.key}"></script>'
        )
        step = '<meta name="afterclick:step" content="payment">'
        page = f"<!doctype html><title>Pay</title>{step}{snippet}{BODY}".encode()
        self.routes["/checkout"] = lambda _: Answer(page)
        self.routes["/checkout/pay"] = self._fail

    def _fail(self, request: Request) -> Answer:
        start = time.time_ns()
        self.trace(start, start + 30_000_000, request.method)
        return Answer(b"Internal Server Error", 500, "text/plain")

    def trace(self, start: int, end: int, method: str) -> None:
        told = {"http.request.method": method, "url.path": "/checkout/pay"}
        attributes = [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]
        attributes.append({"key": "http.response.status_code", "value": {"intValue": "500"}})
        span = {
            "traceId": f"{start:032x}",
            "spanId": f"{start:016x}",
            "name": method,
            "kind": 2,
            "status": {"code": 2},
        }
        span |= {"startTimeUnixNano": str(start), "endTimeUnixNano": str(end), "attributes": attributes}
        service = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
        body = {"resourceSpans": [{"resource": service, "scopeSpans": [{"spans": [span]}]}]}
        headers = {"x-afterclick-key": self.collector.key}
        assert httpx.post(f"{self.collector.url}/v1/traces", json=body, headers=headers).status_code == 200


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    collector = Process(tmp_path / "data")
    collector.start()
    opened = Checkout(collector)
    yield opened
    opened.close()
    collector.kill()


def test_a_bare_500_at_checkout_is_met_by_the_visit_that_asked_for_it_and_counted_as_unknown_no_more(
    checkout: Checkout, browser: Browser, store: Store
) -> None:
    process = checkout.collector
    scope, outlet = Scope(process.site), Outlet(process.settings.spool)
    drain = Drain(outlet, store, STEPS)
    context = browser.new_context(user_agent=PERSON)
    page = context.new_page()
    page.goto(f"{checkout.origin}/checkout")
    page.wait_for_function("window.afterclick && !('length' in afterclick.q)")
    # A beacon names the browser that Playwright drives: the visit begins by what is fetched before.
    until(lambda: drain.once() > 0, 20, "the page view is stored")
    page.click("#pay button")
    page.wait_for_url("**/checkout/pay*")
    context.close()

    now = time.time_ns() // 1_000_000 + 2 * MINUTE

    def stored() -> bool:
        drain.once()
        store.settle(now)
        return bool(answered(store, scope, now))

    until(stored, 20, "the leaving and the span are stored")
    (listed,) = visits(store, scope, now - 10 * MINUTE, now, Filter())
    before = visit_page(visit(store, scope, listed.session_id), None, "UTC")
    assert "met nothing slow or broken" in before.answer.text
    assert unknown(store, scope, now) == 1

    append(process.settings, process.site, answered(store, scope, now))
    drain.once()
    shown = visit_page(visit(store, scope, listed.session_id), None, "UTC")
    assert "met 1 error" in shown.answer.text
    (failed,) = shown.stops[-1].moments
    assert (failed.what, failed.bad, failed.waterfall is not None) == (
        "The page was answered with 500",
        True,
        True,
    )
    assert unknown(store, scope, now) == 0
    assert answered(store, scope, now) == []
    outlet.close()


def unknown(store: Store, scope: Scope, now: int) -> int:
    return sum(one.failed for one in unknown_failures(store, scope, now - 10 * MINUTE, now, now))
