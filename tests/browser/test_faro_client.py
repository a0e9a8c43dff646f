"""The real Grafana Faro web SDK, with tracing, in a real Chromium, against a real collector process."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.recording import Answer
from tests.browser.watching import Client, Kept, watched
from tests.collect.conftest import Process

from afterclick.signals import NO_ID

pytestmark = pytest.mark.browser

BODY = """
<h1 id="title">A shop with a large heading</h1><button id="go">go</button>
<script>
document.getElementById('go').onclick = () => {
  fetch('/api/cart/12345?token=secret');
  setTimeout(() => { throw new TypeError('no cart for ann@example.org') });
};
</script>
"""
Scene = tuple[Client, Process, Kept]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with watched("faro.js", tmp_path / "data") as opened:
        opened[0].routes["/api/cart/12345"] = lambda _: Answer(b"[]", type="application/json")
        yield opened


def test_what_a_customer_does_and_meets_comes_in_joined_by_session_page_and_trace(
    scene: Scene, page: Page
) -> None:
    site, collector, kept = scene
    options = {"url": f"{collector.url}/collect/{collector.key}"}
    page.goto(site.page("/shop", BODY, options) + "?utm_campaign=spring&email=ann@example.org")
    kept.until(lambda kept: len(kept.of("vital", "TTFB")) > 0, "the page's vitals are kept")
    page.click("#go")
    page.evaluate(
        """() => {
          faro.api.setUser({ id: 'u1', email: 'ann@example.org', fullName: 'Ann Person' });
          faro.api.pushEvent('added', { product: 'p1' });
          faro.api.pushMeasurement({ type: 'total', values: { total: 12.5 } });
          console.warn('careful, ann@example.org');
          fetch('/api/cart/12345');
        }"""
    )
    kept.until(lambda kept: len(kept.spans) == 2 and len(kept.of("request")) == 2, "the traces are kept")
    page.goto("about:blank")
    kept.until(lambda kept: bool(kept.of("vital", "INP")), "INP is kept")

    (view,) = kept.of("page_view")
    assert (view.path, view.campaign, view.release, view.tags) == (
        "/shop",
        "spring",
        "1.4.2",
        ["environment=test"],
    )
    assert len(view.session_key) == 10
    assert {event.session_key for event in kept.events} == {view.session_key}
    assert {event.page_view_id for event in kept.events} == {view.page_view_id} != {NO_ID}
    vitals = {event.name: event for event in kept.of("vital")}
    assert vitals.keys() == {"LCP", "INP", "CLS", "FCP", "TTFB"}
    assert (vitals["LCP"].target, vitals["INP"].target) == ("#title", "#go")
    assert 0 < vitals["TTFB"].value < 10_000

    (error,) = kept.of("error")
    assert (error.name, error.message) == ("TypeError", "no cart for [email]")
    assert error.source.startswith("/shop:")
    request = kept.of("request")[0]
    assert (request.method, request.target, request.status) == ("GET", "/api/cart/:id", 200)
    assert request.duration_ms > 0
    assert {event.trace_id for event in kept.of("request")} == {span.trace_id for span in kept.spans}
    assert {(span.service, span.release, span.kind) for span in kept.spans} == {("shop", "1.4.2", "client")}

    assert json.loads(kept.of("track", "added")[0].props) == {"product": "p1"}
    assert kept.of("track", "total")[0].value == 12.5
    (line,) = kept.of("track", "log")
    assert (line.message, json.loads(line.props), line.user_id) == (
        "careful, [email]",
        {"level": "warn"},
        "u1",
    )
    everything = repr(kept.events) + repr(kept.spans)
    assert not [word for word in ("ann@", "Ann Person", "secret") if word in everything]


def test_gzip_and_the_key_in_its_header_are_taken_from_another_origin(scene: Scene, page: Page) -> None:
    site, collector, kept = scene
    options = {"url": f"{collector.url}/collect", "apiKey": collector.key, "requestCompression": True}
    with page.expect_response(f"{collector.url}/collect") as answered:
        page.goto(site.page("/zipped", BODY, options))
    assert answered.value.status == 202
    assert answered.value.request.headers["content-encoding"] == "gzip"
    kept.until(lambda kept: any(event.path == "/zipped" for event in kept.events), "the page is kept")


def test_a_refused_session_makes_the_sdk_begin_another_one(scene: Scene, page: Page) -> None:
    site, collector, kept = scene
    started_in_1980 = "0049d413-b800-7000-8000-000000000000"
    options = {
        "url": f"{collector.url}/collect/{collector.key}",
        "sessionTracking": {"session": {"id": started_in_1980}},
    }
    page.goto(site.page("/old", BODY, options))
    page.wait_for_function(f"() => faro.api.getSession().id !== '{started_in_1980}'")
    page.evaluate("() => faro.api.pushEvent('after')")
    kept.until(lambda kept: bool(kept.of("track", "after")), "what follows is kept")
    (after,) = kept.of("track", "after")
    assert after.session_key == page.evaluate("() => faro.api.getSession().id")
    assert "odd_field" not in kept.counted(), "the visit is kept under its key, and nothing is lost"


def test_a_wrong_key_is_refused_and_nothing_is_kept(scene: Scene, page: Page) -> None:
    site, collector, kept = scene
    with page.expect_response(f"{collector.url}/collect/ac_wrong") as answered:
        page.goto(site.page("/wrong", BODY, {"url": f"{collector.url}/collect/ac_wrong"}))
    assert answered.value.status == 401
    assert not [event for event in kept.read().events if event.path == "/wrong"]
