"""The pages in a real Chromium: drawn without a complaint, usable by keyboard, small screens, and live."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from tests.browser import chromium
from tests.web.desks import served
from tests.web.records import EXAMPLES, walk
from tests.web.troubles import a_problem

from afterclick import web
from afterclick.pages import dashboard, folders

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this file."""
    with chromium.started() as running:
        yield running


@pytest.fixture(scope="module")
def paths(shop_url: str) -> list[str]:
    visit = httpx.get(f"{shop_url}/api/v1/visits").json()["visits"][0]["session_id"]
    return walk(folders(), {**EXAMPLES, "visit_id": visit})


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()


def test_every_page_runs_under_its_policy_and_draws_its_charts(
    page: Page, shop_url: str, paths: list[str], complaints: list[str]
) -> None:
    for path in paths:
        page.goto(shop_url + path)
        expect(page.locator(".live")).to_have_text("Live")
        for chart in page.locator("[data-chart]").all():
            chart.scroll_into_view_if_needed()
            expect(chart.locator("canvas")).to_have_count(1)
    page.goto(f"{shop_url}/problems/amex-payment")
    expect(page.locator("#evidence canvas").first).to_be_visible()
    assert complaints == []


def test_no_page_is_wider_than_a_phone(page: Page, shop_url: str, paths: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for path in paths:
        page.goto(shop_url + path)
        if path.startswith("/problems/"):
            expect(page.locator("#samples, #journey").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_keyboard_reaches_everything_and_focus_is_seen(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile(r"/problems$"))
    expect(page.locator("h1")).to_have_text("Problems")
    page.locator(".problems a").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Payment is slow for card network amex")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Problems")


def test_a_definition_is_one_focus_away(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    tip = page.locator("#tile-lcp [role=tooltip]")
    expect(tip).to_be_hidden()
    page.locator("#tile-lcp button").focus()
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("largest text or image")


def test_changing_a_filter_changes_the_url_and_back_undoes_it(page: Page, shop_url: str) -> None:
    page.goto(f"{shop_url}/visits")
    page.locator("select[name=felt]").select_option("slow")
    expect(page).to_have_url(re.compile("felt=slow"))
    expect(page.locator("tbody .sign").first).to_contain_text("slow")
    page.go_back()
    expect(page).not_to_have_url(re.compile("felt=slow"))


def test_the_theme_is_kept_and_drawn_by_the_server(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    page.locator("[data-set-theme=dark]").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 20, 23)"


def test_a_new_problem_appears_and_is_announced_without_a_reload(page: Page, empty_desk: web.Desk) -> None:
    desk = replace(empty_desk)
    live = desk.live
    assert isinstance(live, web.Broadcaster)
    with served(dashboard(desk), live) as url:
        page.goto(f"{url}/problems")
        page.evaluate("window.notReloaded = true")
        expect(page.locator(".live")).to_have_text("Live")
        desk.problems.save(a_problem(desk.scope.site))
        live.tell(
            web.Notice(
                kind="problem", site=desk.scope.site, sentence="Payment is slow.", problem_id="amex-payment"
            )
        )
        expect(page.locator(".problems h3")).to_have_text("Payment is slow for card network amex")
        expect(page.locator("#announcements")).to_have_text("Payment is slow.")
        assert page.locator("#announcements").get_attribute("aria-live") == "polite"
        assert page.evaluate("window.notReloaded") is True


def test_a_table_sorts_by_the_column_whose_heading_is_pressed(page: Page, shop_url: str) -> None:
    page.goto(f"{shop_url}/quality")
    heading = page.locator("th", has_text="Records").first
    heading.locator("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    heading.locator("button").click()
    assert [cell.inner_text() for cell in page.locator("td[data-value]").all()] == ["6", "41", "312"]
