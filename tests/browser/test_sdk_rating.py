"""The one question, by call and by widget."""

import pytest
from playwright.sync_api import Page
from tests.browser.recording import Collector, Site

pytestmark = pytest.mark.browser


def opened(page: Page, site: Site) -> None:
    page.goto(site.page("/thanks", "<button id=before>Before</button>"))
    page.wait_for_function("afterclick.q.length === undefined")
    page.focus("#before")
    page.evaluate("void (window.asked = afterclick.ask().then(() => 'closed'))")
    page.get_by_role("radiogroup", name="How was that?").wait_for()


def test_a_rating_by_call_is_told_and_what_is_none_is_not(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    page.evaluate(
        "for (const none of [0, 6, 2.5, 'good', null]) afterclick.rate(none); afterclick.rate(4, ' quick ')"
    )
    seen = collector.expect("rating")
    assert (seen["value"], seen["message"]) == (4, "quick")
    assert len(collector.events("rating")) == 1


def test_the_widget_is_loaded_only_when_it_is_wanted(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    collector.expect("vital")
    assert not [request for request in collector.requests if "rating-" in request.path]
    opened(page, site)
    assert [request for request in collector.requests if "rating-" in request.path]


def test_the_widget_can_be_answered_by_keyboard_alone(page: Page, collector: Collector, site: Site) -> None:
    opened(page, site)
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Fast")
    page.keyboard.press("Enter")
    seen = collector.expect("rating")
    assert (seen["value"], seen["message"]) == (4, "Fast")
    assert page.evaluate("window.asked") == "closed"
    assert page.evaluate("document.activeElement.id") == "before"


def test_escape_closes_the_widget_unanswered_and_gives_focus_back(
    page: Page, collector: Collector, site: Site
) -> None:
    opened(page, site)
    page.keyboard.press("Escape")
    assert page.evaluate("window.asked") == "closed"
    assert page.locator("afterclick-rating").count() == 0
    assert page.evaluate("document.activeElement.id") == "before"
    page.evaluate("afterclick.track('last')")
    collector.expect("track")
    assert collector.events("rating") == []


def test_every_control_of_the_widget_has_a_name_and_the_words_can_be_replaced(
    page: Page, collector: Collector, site: Site
) -> None:
    opened(page, site)
    names = [
        page.get_by_role("radio").nth(number).evaluate("(radio) => radio.ariaLabel") for number in range(5)
    ]
    assert names == ["1 Very bad", "2 Bad", "3 All right", "4 Good", "5 Very good"]
    page.get_by_role("textbox", name="In a word, why? (optional)").wait_for()
    page.get_by_role("button", name="Send").wait_for()
    page.get_by_role("button", name="Close").click()
    page.evaluate("void afterclick.ask({ question: 'Jak to šlo?', send: 'Odeslat' })")
    page.get_by_role("dialog", name="Jak to šlo?").wait_for()
    page.get_by_role("button", name="Odeslat").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_widget_follows_light_and_dark_with_enough_contrast(scheme: str, page: Page, site: Site) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(page, site)
    ink, paper = page.locator("afterclick-rating form").evaluate(
        "(form) => ['color', 'backgroundColor'].map((name) =>"
        "getComputedStyle(form)[name].match(/\\d+/g).slice(0, 3).map(Number))"
    )
    assert (sum(paper) < sum(ink)) == (scheme == "dark")
    assert abs(sum(ink) - sum(paper)) > 500
