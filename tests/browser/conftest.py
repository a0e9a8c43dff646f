"""A real Chromium for the tests of this folder, and the two servers of `recording`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.browser import chromium
from tests.browser.recording import Collector, Site, servers


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module."""
    with chromium.started() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own: fresh storage, no cookies."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def pair() -> Iterator[tuple[Collector, Site]]:
    with servers() as opened:
        yield opened


@pytest.fixture
def collector(pair: tuple[Collector, Site]) -> Collector:
    """Records what the SDK sends."""
    return pair[0]


@pytest.fixture
def site(pair: tuple[Collector, Site]) -> Site:
    """A web site whose pages carry the snippet."""
    return pair[1]
