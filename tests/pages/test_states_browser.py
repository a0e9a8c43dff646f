"""States that the demo does not come to, in a real Chromium: a problem with parts, one merged, a quiet period.

They are among the pictures of `make screenshots`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect
from tests.browser import chromium, pictures
from tests.web.desks import Book, served
from tests.web.shopfront import HOUR, NOW
from tests.web.troubles import a_problem, the_problems

from afterclick import web
from afterclick.impact import Estimate
from afterclick.pages import dashboard
from afterclick.resolve import Merged
from afterclick.stats import Interval

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium.started() as browser:
        yield browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")


@pytest.fixture(scope="module")
def troubled(shop_desk: web.Desk) -> Iterator[str]:
    """The seeded shop, in which one problem has a part and another was taken in by a wider one."""
    site = shop_desk.scope.site
    whole, *others = the_problems(site)
    part = a_problem(
        site,
        id="amex-mobile",
        segment={"card_network": "amex", "device": "mobile"},
        arrivals=140,
        exposed_visits=128,
        estimate=Estimate(
            status="priced",
            n_exposed=128,
            n_control=960,
            revenue_lost=Interval(3900, 2500, 5600),
            currency="EUR",
            since=whole.onset,
            until=NOW,
        ),
    )
    into = Merged(into="photo", at=NOW - 2 * HOUR, signal="slow", segment={})
    merged = a_problem(
        site, id="photo-narrow", step="product", segment={"device": "mobile"}, status="merged", merged=into
    )
    desk = replace(shop_desk, problems=Book([whole, part, merged, *others]))
    with served(dashboard(desk), desk.live) as url:
        yield url


def shown(page: Page, url: str) -> Callable[[], None]:
    """Opens the page anew, once all of it is there."""

    def open() -> None:
        page.goto(url)
        expect(page.locator(".live")).to_have_text("Live")
        expect(page.locator("main")).not_to_contain_text("Reading the evidence")

    return open


def test_a_narrower_problem_of_one_cause_is_told_as_a_part_and_the_merged_one_apart(
    page: Page, troubled: str
) -> None:
    look = shown(page, f"{troubled}/problems")
    look()
    whole = page.locator(
        "li", has=page.get_by_role("link", name="Payment is slow for card network amex", exact=True)
    )
    expect(whole).to_contain_text("€2,600 a day of it")
    expect(page.get_by_role("heading", name="Part of another now")).to_be_visible()
    pictures.keep(page, "problem-with-parts", look)
    whole.get_by_role("link", name="Payment is slow for card network amex for device mobile").click()
    expect(page).to_have_url(f"{troubled}/problems/amex-mobile")


def test_a_merged_problem_says_where_it_goes_on(page: Page, troubled: str) -> None:
    look = shown(page, f"{troubled}/problems/photo-narrow")
    look()
    expect(page.locator("main")).to_contain_text("it has not ended, but is part of Product is slow")
    pictures.keep(page, "merged-problem", look)


def test_a_period_without_a_visit_draws_nothing_where_nothing_was(page: Page, troubled: str) -> None:
    look = shown(page, f"{troubled}/?from=2025-01-01&to=2025-01-02")
    look()
    expect(page.locator(".answer")).to_have_text(
        "No visit was received from 2025-01-01 to 2025-01-02; check the connection."
    )
    expect(page.locator("#tile-revenue")).to_contain_text("unknown")
    expect(page.locator("#tile-revenue")).not_to_contain_text("€")
    expect(page.get_by_role("link", name="All 4 open")).to_be_visible()
    pictures.keep(page, "empty-period", look)
