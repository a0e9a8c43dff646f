"""On a phone nothing is pushed off the page, however long a name or a sum is."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from playwright.sync_api import Page, expect
from tests.browser import chromium
from tests.web.desks import NOW

from afterclick import web
from afterclick.signals import Event
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store

pytestmark = pytest.mark.browser

START = NOW - 3_600_000
STEP = "appointments-for-advice-on-configurations-and-accessories-" * 2
ROUTE = "/" + "a" * 1023
PHONE, DESK = 390, 1280


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium.started() as browser:
        yield browser.new_page(viewport={"width": PHONE, "height": 800})


@pytest.fixture
def large(empty_desk: web.Desk, empty: httpx.Client, store: Store) -> str:
    """The address of a shop with a step of a long name and sums of many digits."""
    base = {
        "site": empty_desk.scope.site,
        "session_id": str(uuid.UUID(int=(START << 80) | (7 << 76) | (2 << 62) | 7)),
        "session_start": START,
        "time": START,
        "received": START,
    }
    viewed = {"type": "page_view", "page_view_id": str(uuid.uuid4()), "path": "/", "step": STEP}
    routed = {"type": "page_view", "page_view_id": str(uuid.uuid4()), "path": ROUTE, "step": ROUTE}
    blank = viewed | {"page_view_id": str(uuid.uuid4()), "path": "/b", "step": "   "}
    orders = [
        {"type": "order", "order_id": f"{code}-{number}", "revenue": 99_999_999_999_999, "currency": code}
        for code in ("EUR", "IDR")
        for number in range(40 if code == "EUR" else 5)
    ]
    named = [
        {"type": "error", "name": f"com.example.{'payment' * 12}TimeoutException"},
        {"type": "track", "name": "checkout_payment_method_selected_" * 3},
    ]
    events = [
        msgspec.convert({**base, "event_id": str(uuid.uuid4()), **told}, Event)
        for told in (viewed, routed, blank, *named, *orders)
    ]
    store.insert("events", events_table(events), empty_desk.scope.site)
    store.settle(NOW)
    return str(empty.base_url)


def is_within(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_a_step_of_a_long_name_makes_the_filters_of_visits_no_wider(page: Page, large: str) -> None:
    page.goto(f"{large}/visits?step={STEP}")
    expect(page.get_by_label("Reached")).to_have_value(STEP)
    assert is_within(page)


def test_a_route_without_end_pushes_nothing_out_of_the_list_and_its_whole_is_told(
    page: Page, large: str
) -> None:
    page.set_viewport_size({"width": DESK, "height": 800})
    page.goto(f"{large}/visits")
    paid = page.get_by_role("columnheader", name="Paid").bounding_box()
    assert paid
    assert paid["x"] + paid["width"] <= DESK
    expect(page.locator(f".journey [title='{ROUTE}']")).to_have_text(f"{ROUTE[:63]}…")
    expect(page.locator(".journey")).to_contain_text("Unnamed")
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.locator("#visits tbody a").first.click()
    expect(page.locator(".stop h3 code", has_text=ROUTE)).to_be_visible()
    assert is_within(page)


def test_a_sum_of_many_digits_is_broken_and_shown_whole(page: Page, large: str) -> None:
    page.goto(large)
    expect(page.locator("#tile-revenue .value")).to_contain_text("€4,000,000,000,000,000")
    assert is_within(page)
    assert page.locator(".tile .value").evaluate_all(
        "all => all.every(one => one.scrollWidth <= one.clientWidth)"
    )


def test_the_rates_of_a_currency_can_be_forgotten_without_scrolling(page: Page, empty: httpx.Client) -> None:
    today = datetime.now(UTC).date()
    lines = "".join(f"{today - timedelta(days=back)},KWD,2.98765\n" for back in range(20, 40))
    assert empty.post("/api/v1/rates/file", content=f"{lines}{today},IDR,0.0000583211\n").json()["kept"] == 21
    page.goto(f"{empty.base_url}/settings/rates")
    for button in page.get_by_role("button", name="Forget").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE
    page.get_by_role("button", name="Forget the rates of IDR").click()
    expect(page.get_by_role("button", name="Forget")).to_have_count(1)


def test_a_file_of_rates_is_chosen_and_taken(page: Page, empty: httpx.Client) -> None:
    page.goto(f"{empty.base_url}/settings/rates")
    lines = f"date,currency,rate\n{datetime.now(UTC).date()},GBP,1.15\n"
    page.get_by_label("A CSV file").set_input_files(
        {"name": "rates.csv", "mimeType": "text/csv", "buffer": lines.encode("utf-16")}
    )
    page.get_by_role("button", name="State these rates").click()
    expect(page.get_by_role("heading", name="1 rate kept.")).to_be_visible()
