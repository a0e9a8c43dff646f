"""Every page is held to WCAG 2.2 AA by axe, in both themes, on a laptop and on a phone."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import axe, chromium
from tests.web.records import EXAMPLES, walk

from afterclick.pages import folders

pytestmark = pytest.mark.browser
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1280, 390)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this file."""
    with chromium.started() as running:
        yield running


@pytest.fixture(params=LOOKS, ids=[f"{theme}-{width}" for theme, width in LOOKS])
def page(request: pytest.FixtureRequest, browser: Browser, shop_url: str) -> Iterator[Page]:
    theme, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, reduced_motion="reduce", base_url=shop_url
    )
    context.add_cookies([{"name": "theme", "value": theme, "url": shop_url}])
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_wrong_with_any_page(page: Page, shop_url: str) -> None:
    visit = httpx.get(f"{shop_url}/api/v1/visits").json()["visits"][0]["session_id"]
    found: dict[str, list[str]] = {}
    for path in walk(folders(), {**EXAMPLES, "visit_id": visit}):
        page.goto(path)
        expect(page.locator(".live")).to_have_text("Live")
        if wrong := axe.violations(page):
            found[path] = wrong
    assert found == {}


def test_axe_is_really_asked(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('h1').append(document.createElement('img'))")
    assert any(wrong.startswith("image-alt") for wrong in axe.violations(page))
