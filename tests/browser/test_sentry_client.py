"""The real `@sentry/browser`, tracing on, in a real Chromium, against a real collector process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.recording import Answer
from tests.browser.watching import Client, Kept, watched
from tests.collect.conftest import Process

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
    with watched("sentry.js", tmp_path / "data") as opened:
        opened[0].routes["/api/cart/12345"] = lambda _: Answer(b"[]", type="application/json")
        yield opened


def dsn(collector: Process) -> str:
    """As `afterclick keys` prints it."""
    return f"{collector.url.replace('://', f'://{collector.key}@')}/1"


@pytest.mark.parametrize("lifecycle", ["stream", "static"])
def test_what_a_customer_does_and_meets_comes_in_joined_by_trace(
    scene: Scene, page: Page, lifecycle: str
) -> None:
    site, collector, kept = scene
    options = {"dsn": dsn(collector), "traceLifecycle": lifecycle}
    page.goto(site.page("/shop", BODY, options) + "?utm_campaign=spring&email=ann@example.org")
    page.click("#go")
    kept.until(lambda kept: len(kept.of("page_view")) == 1 and len(kept.of("error")) == 1, "the page is kept")
    page.evaluate(
        """() => {
          Sentry.setUser({ id: 'u1', email: 'ann@example.org', username: 'ann' });
          Sentry.setTag('card', 'visa');
          Sentry.captureMessage('careful');
          Sentry.captureFeedback({ message: 'too slow, ann@example.org', name: 'Ann', email: 'ann@example.org' });
          history.pushState({}, '', '/cart');
        }"""
    )
    kept.until(lambda kept: len(kept.of("page_view")) == 2, "the soft navigation is kept")
    page.goto("about:blank")
    wanted = {"LCP", "INP", "FCP", "TTFB"}
    kept.until(lambda kept: wanted <= {event.name for event in kept.of("vital")}, "the vitals are kept")

    shown, soft = kept.of("page_view")
    assert (shown.path, shown.campaign, shown.release) == ("/shop", "spring", "1.4.2")
    assert (soft.path, soft.user_id) == ("/cart", "u1")
    assert shown.session_key == shown.trace_id != soft.trace_id
    vitals = {event.name: event for event in kept.of("vital")}
    assert (vitals["LCP"].target, vitals["INP"].target) == ("body > h1#title", "body > button#go")
    assert vitals["LCP"].page_view_id == shown.page_view_id != soft.page_view_id
    assert 0 < vitals["TTFB"].value < 10_000
    (error,) = kept.of("error")
    assert (error.name, error.message) == ("TypeError", "no cart for [email]")
    assert error.source.startswith("/shop:")
    assert (error.trace_id, error.page_view_id) == (shown.trace_id, shown.page_view_id)
    (request,) = kept.of("request")
    assert (request.method, request.target, request.status) == ("GET", "/api/cart/:id", 200)
    (told,) = kept.of("track", "feedback")
    assert (told.message, told.tags) == ("too slow, [email]", ["card=visa", "environment=test"])
    assert kept.of("track", "message")[0].message == "careful"

    roots = {span.span_id: span for span in kept.spans if not span.parent_span_id}
    assert {(span.service, span.release) for span in kept.spans} == {("shop", "1.4.2")}
    assert any(span.trace_id == shown.trace_id for span in roots.values())
    assert [span for span in kept.spans if span.kind == "client" and span.http_status == 200]
    everything = repr(kept.events) + repr(kept.spans)
    assert not [word for word in ("ann@", "'ann'", "secret") if word in everything]


def test_a_breadcrumb_stands_once_on_its_own_page_when_the_route_changes(scene: Scene, page: Page) -> None:
    site, collector, kept = scene
    page.goto(site.page("/shop", BODY, {"dsn": dsn(collector)}))
    page.click("#title")  # a change of the route before any act is a redirect to the SDK, and begins no trace
    page.evaluate("() => { console.info('seen 1'); Sentry.captureException(new Error('first')) }")
    kept.until(lambda kept: len(kept.of("error")) == 1, "the first error is kept")
    page.evaluate("() => history.pushState({}, '', '/checkout')")
    page.evaluate("() => { console.info('seen 2'); Sentry.captureException(new Error('second')) }")
    kept.until(lambda kept: len(kept.of("error")) == 2, "the second error is kept")
    kept.until(lambda kept: len(kept.of("page_view")) == 2, "both page views are kept")
    shop, checkout = sorted(kept.of("page_view"), key=lambda view: view.time)
    crumbs = kept.of("track", "breadcrumb")
    seen = sorted((one for one in crumbs if one.message.startswith("seen")), key=lambda one: one.message)
    assert [(one.path, one.session_key) for one in seen] == [
        ("/shop", shop.session_key),
        ("/checkout", checkout.session_key),
    ]
    of_checkout = [one for one in kept.events if one.session_key == checkout.session_key]
    assert min(one.time for one in of_checkout) >= checkout.time - 50
    assert len({(one.time, one.message, one.props) for one in crumbs}) == len(crumbs)


def test_a_session_that_the_site_names_is_the_visit(scene: Scene, page: Page) -> None:
    site, collector, kept = scene
    options = {"dsn": dsn(collector), "initialScope": {"tags": {"session.id": "visit-7"}}}
    page.goto(site.page("/shop", BODY, options))
    page.evaluate("() => Sentry.captureException(new Error('boom'))")
    kept.until(lambda kept: bool(kept.of("error")), "the error is kept")
    assert kept.of("error")[0].session_key == "visit-7"


def test_a_wrong_key_is_refused_and_nothing_is_kept(scene: Scene, page: Page) -> None:
    site, collector, kept = scene
    address = f"{collector.url.replace('://', '://ac_wrong@')}/1"
    with page.expect_response(lambda answer: "/envelope/" in answer.url) as answered:
        page.goto(site.page("/shop", BODY, {"dsn": address}))
    assert answered.value.status == 401
    assert kept.read().events == []
