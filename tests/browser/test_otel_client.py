"""The real OpenTelemetry SDK for browsers, in a real Chromium, against a real collector process."""

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
  setTimeout(() => { throw new TypeError('no cart for ann@example.org') });
};
</script>
"""
HIDE = """
() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}
"""
"""As when the customer turns to another tab: the vitals' last values are told."""
Scene = tuple[Client, Process, Kept]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with watched("otel.js", tmp_path / "data") as opened:
        opened[0].routes["/api/cart"] = lambda _: Answer(b"[]", type="application/json")
        yield opened


def test_vitals_errors_spans_and_logs_of_a_page_come_in_from_another_origin(scene: Scene, page: Page) -> None:
    site, collector, kept = scene
    options = {"url": collector.url, "key": collector.key, "session": "abc-1"}
    page.goto(site.page("/shop", BODY, options) + "?email=ann@example.org")
    traceparent = str(page.evaluate("traced('/api/cart?token=secret')"))
    page.evaluate("logged('careful, ann@example.org')")
    page.click("#go")
    kept.until(
        lambda kept: bool(kept.spans and kept.logs and kept.of("error")), "span, log and error are kept"
    )
    page.evaluate(HIDE)
    kept.until(lambda kept: len(kept.of("vital")) >= 4, "the vitals are kept")

    vitals = {event.name: event for event in kept.of("vital")}
    assert vitals.keys() == {"LCP", "CLS", "FCP", "TTFB"}, "two told in the body, two in attributes"
    assert 0 < vitals["TTFB"].value <= vitals["FCP"].value <= vitals["LCP"].value < 20_000
    (error,) = kept.of("error")
    assert (error.name, error.message) == ("TypeError", "no cart for [email]")
    assert error.source.startswith(f"{site.origin}/shop:")
    assert {(event.session_key, event.path, event.release) for event in kept.events} == {
        ("abc-1", "/shop", "1.4.2")
    }
    assert len({event.page_view_id for event in kept.events}) == 1

    (span,) = kept.spans
    assert (span.service, span.release, span.kind, span.http_status) == ("shop-web", "1.4.2", "client", 200)
    assert f"-{span.trace_id}-{span.span_id}-" in traceparent
    (line,) = kept.logs
    assert (line.body, line.severity_number, line.service) == ("careful, [email]", 13, "shop-web")
    everything = repr(kept.events) + repr(kept.spans) + repr(kept.logs)
    assert not [word for word in ("ann@", "secret") if word in everything]
