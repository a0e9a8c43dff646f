"""A HAR file as a real Chromium saves it becomes the events of one visit."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.browser.recording import Answer, Server

from afterclick.cli.files import events, opened
from afterclick.cli.left import Left

pytestmark = pytest.mark.browser


def test_what_a_browser_recorded_becomes_pages_and_requests_of_one_visit(
    browser: Browser, tmp_path: Path
) -> None:
    site = Server()
    icon = '<link rel="icon" href="data:,">'
    page = f"<!doctype html><html><head>{icon}</head><script>fetch('/api/cart/12345?token=secret')</script></html>"
    site.routes["/shop"] = lambda _: Answer(page.encode())
    site.routes["/api/cart/12345"] = lambda _: Answer(b"[]", 503, "application/json")
    file = tmp_path / "visit.har"
    context = browser.new_context(record_har_path=file)
    shown = context.new_page()
    with shown.expect_response("**/api/cart/**"):
        shown.goto(f"{site.origin}/shop?email=ann@example.org")
    context.close()
    site.close()
    with opened(file) as (content, _):
        told = [json.loads(line) for line in events(content, "har", None, Left())]
    view, vital, request = told
    assert (vital["type"], vital["name"], vital["value"] > 0) == ("vital", "TTFB", True)
    assert (view["type"], view["url"]) == ("page_view", f"{site.origin}/shop?email=ann@example.org")
    assert (request["type"], request["method"], request["target"]) == ("request", "GET", "/api/cart/:id")
    assert (request["status"], request["duration_ms"] > 0) == (503, True)
    assert {one["session_key"] for one in told} == {view["session_key"]}
    assert {one["page_view_id"] for one in told} == {view["page_view_id"]}
