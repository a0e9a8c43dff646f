"""Rates of exchange are stated on the settings page by who may, and the Overview says what they convert."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from tests.accounts.bank import DAYS, QUOTED, history
from tests.web.desks import NOW
from tests.web.signing import Guarded, guarded

from afterclick.accounts.policy import Role
from afterclick.api.body import LARGEST
from afterclick.pages.settings.rates.routes import LARGEST_FILE
from afterclick.signals import Event
from afterclick.store.rollups.exchange import ValidRate
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store

HOUR = 3_600_000
DAY = datetime.fromtimestamp(NOW / 1000, UTC).date()
A_RATE = ValidRate("default", "USD", NOW - 24 * HOUR, NOW, DAY, Decimal("0.9"), "EUR", 2)
"""As the job publishes it; the pages look at another day than that of the machine."""


@pytest.fixture(scope="module")
def dashboard(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(store, tmp_path_factory.mktemp("rates")) as dashboard:
        dashboard.person("site@x.com", default=Role.ADMINISTRATOR)
        dashboard.person("eng@x.com", default=Role.ENGINEERING)
        dashboard.person("boss@x.com", default=Role.EXECUTIVE)
        yield dashboard


def keep(store: Store, code: str, revenue: float) -> None:
    start = NOW - HOUR
    name = uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1)))
    base = {
        "site": "default",
        "time": start,
        "received": start,
        "session_id": str(name),
        "session_start": start,
    }
    order = {
        "type": "order",
        "event_id": str(uuid.uuid4()),
        "order_id": code,
        "revenue": revenue,
        "currency": code,
    }
    store.insert("events", events_table([msgspec.convert(base | order, Event)]), code)


def test_a_rate_that_is_stated_is_listed_converts_and_is_forgotten_again(
    dashboard: Guarded, store: Store
) -> None:
    for code, revenue in (("EUR", 1000.0), ("USD", 250.0), ("GBP", 80.0)):
        keep(store, code, revenue)
    store.settle(NOW)
    client = dashboard.signed_in("site@x.com")
    before = client.get("/").text
    assert "Revenue in GBP, USD stands apart: currencies are never added without a rate of the day." in before
    assert 'href="/settings/rates' in before
    today = datetime.now(UTC).date()
    stated = client.post("/settings/rates", data={"currency": "usd", "rate": "0.9"})
    assert stated.url.path == "/settings/rates"
    assert "Totals follow a change within half a minute, those of past days too." in stated.text
    lines = f"{today - timedelta(days=1)},JPY,0.00614\n{today},USD,x\n"
    page = client.post("/settings/rates/file", data={"lines": f"date,currency,rate\n{lines}"}).text
    assert "1 rate kept." in page
    assert "Line 3 is left out: &#39;x&#39; is no rate of USD" in page
    assert "Orders in 2 other currencies count in EUR by the rate of their day." in page
    store.exchange.publish([A_RATE], "a")
    after = client.get("/").text
    assert "holds €225 converted from $250 by the rate of" in after
    assert "€225 of it converted" in after
    assert "Revenue in GBP stands apart" in after
    told = client.get("/api/v1/overview").json()
    assert [
        (one["currency"], one["into"], one["told"], one["paid"]) for one in told["revenue_exchanged"]
    ] == [("USD", "EUR", 250.0, 225.0)]
    assert [one["value"] for one in told["paid"] if one["key"] == "revenue"] == [1225.0]
    assert "€225.00 converted from $250.00" in client.get("/visits").text
    assert client.post("/settings/rates/USD/forget").status_code == 200
    store.exchange.publish([], "")
    assert "Revenue in GBP, USD stands apart" in client.get("/").text


def test_who_may_not_change_the_site_states_no_rate_and_is_not_led_there(dashboard: Guarded) -> None:
    client = dashboard.signed_in("boss@x.com")
    assert client.post("/settings/rates", data={"currency": "USD", "rate": "0.9"}).status_code == 403
    assert client.get("/settings/rates").status_code == 403
    assert "State exchange rates" not in client.get("/").text


def test_what_was_converted_is_not_told_to_who_may_see_no_money(dashboard: Guarded, store: Store) -> None:
    dashboard.signed_in("site@x.com").post("/settings/rates", data={"currency": "USD", "rate": "0.9"})
    store.exchange.publish([A_RATE], "b")
    client = dashboard.signed_in("eng@x.com")
    assert "converted from" not in client.get("/").text + client.get("/visits").text


def test_a_wrong_rate_is_told_in_one_sentence(dashboard: Guarded) -> None:
    client = dashboard.signed_in("site@x.com")
    page = client.post("/settings/rates", data={"currency": "USD", "rate": "a lot"})
    assert (page.status_code, "is no rate of USD; write a number above 0" in page.text) == (400, True)
    page = client.post("/settings/rates/file", data={"lines": "hello"})
    assert (page.status_code, "This file is neither layout" in page.text) == (400, True)


def test_the_banks_whole_history_is_taken_as_a_file(dashboard: Guarded) -> None:
    client = dashboard.signed_in("site@x.com")
    text = history(datetime.now(UTC).date())
    page = client.post("/settings/rates/file", files={"file": ("eurofxref-hist.csv", text)}, timeout=120)
    assert page.status_code == 200
    assert (
        f"rates kept; {(DAYS - 403) * len(QUOTED):,} of days before all that is kept were left out."
        in page.text
    )
    assert "Line 2 is kept but for PEN" in page.text


def test_lines_that_are_pasted_may_be_as_long_as_a_file(dashboard: Guarded) -> None:
    today = datetime.now(UTC).date()
    lines = f"{today},USD,0.91\r\n" * 70_000
    field = "--part\r\nContent-Disposition: form-data; name="
    page = dashboard.signed_in("site@x.com").post(
        "/settings/rates/file",
        content=f'{field}"file"; filename=""\r\n\r\n\r\n{field}"lines"\r\n\r\n{lines}\r\n--part--\r\n',
        headers={"content-type": "multipart/form-data; boundary=part"},
        timeout=120,
    )
    assert "1 rate kept." in page.text


def test_a_file_in_utf_16_is_read(dashboard: Guarded) -> None:
    text = f"Date;USD\r\n{datetime.now(UTC).date()};1,08\r\n"
    page = dashboard.signed_in("site@x.com").post(
        "/settings/rates/file", files={"file": ("rates.csv", text.encode("utf-16"))}
    )
    assert "1 rate kept." in page.text


@pytest.mark.parametrize(
    ("lines", "content", "why"),
    [("", b"", "Choose a file that is not empty"), ("x", b"y", "Choose a file or write lines, not both.")],
)
def test_neither_or_both_of_file_and_lines_are_told(
    dashboard: Guarded, lines: str, content: bytes, why: str
) -> None:
    page = dashboard.signed_in("site@x.com").post(
        "/settings/rates/file", data={"lines": lines}, files={"file": ("rates.csv", content)}
    )
    assert (page.status_code, why in page.text) == (400, True)


def test_where_no_rate_is_kept_it_is_said_why(dashboard: Guarded) -> None:
    page = dashboard.signed_in("site@x.com").post(
        "/settings/rates/file", data={"lines": "2001-01-01,USD,0.9"}
    )
    assert "No rate is kept; 1 of days before all that is kept were left out." in page.text


@pytest.mark.parametrize(
    ("path", "largest"), [("/settings/rates/file", LARGEST_FILE), ("/settings/rates", LARGEST)]
)
def test_a_form_that_is_too_large_is_answered_with_a_page(
    dashboard: Guarded, path: str, largest: int
) -> None:
    page = dashboard.signed_in("site@x.com").post(path, data={"lines": "x" * largest})
    assert (page.status_code, page.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert f"At most {largest:,} bytes are taken here at a time" in page.text
    assert "Go to Overview" in page.text


def test_who_may_not_state_rates_can_send_no_more_than_anywhere(dashboard: Guarded) -> None:
    for client in (dashboard.signed_in("boss@x.com"), dashboard.client()):
        page = client.post("/settings/rates/file", data={"lines": "x" * LARGEST})
        assert (page.status_code, f"At most {LARGEST:,} bytes" in page.text) == (413, True)
