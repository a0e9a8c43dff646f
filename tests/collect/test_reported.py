"""Situations from public reports, sent through the doors, drained, and asked of the store."""

import json
from datetime import UTC, datetime
from io import BytesIO

from tests.collect.conftest import NOW, House, Told

from afterclick.cli.files import events as events_of_file
from afterclick.cli.left import Left

MINUTE = 60_000
BEGAN = NOW - 60 * MINUTE
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
)


def post(house: House, *events: dict[str, object]) -> None:
    for event in events:
        minutes = event.pop("minute", 0)
        assert isinstance(minutes, int)
        event["time"] = BEGAN + minutes * MINUTE
        event["user_agent"] = AGENT
    assert house.post(*events).json()["dropped"] == 0


def page(device: str, url: str, minute: int = 0, **more: object) -> dict[str, object]:
    return {"type": "page_view", "device_id": device, "url": url, "minute": minute} | more


VISITS = (
    "SELECT device_id, channel, campaign FROM sessions FINAL WHERE site = {site:String} ORDER BY device_id"
)


def test_a_visit_that_was_paid_for_stays_so_when_its_customer_comes_back_from_the_payment(
    house: House, told: Told
) -> None:
    post(
        house,
        page("b", "https://shop.example/?utm_source=google&utm_medium=cpc"),
        page("b", "https://shop.example/thanks", 8, referrer="https://www.paypal.com/"),
        page("c", "https://shop.example/?utm_source=letter&utm_medium=email&utm_campaign=may"),
        page("c", "https://shop.example/sale", 8, referrer="https://www.google.com/"),
    )
    assert told(VISITS) == [
        {"device_id": "b", "channel": "paid-search", "campaign": ""},
        {"device_id": "c", "channel": "email", "campaign": "may"},
    ]


MONEY = (
    "SELECT order_id, currency, toFloat64(revenue) AS revenue, toFloat64(revenue_net) AS net, over_refunded AS flagged"
    " FROM order_less_refunds WHERE site = {site:String} ORDER BY order_id"
)


def test_orders_keep_their_currencies_and_a_refund_in_another_takes_nothing(house: House, told: Told) -> None:
    post(
        house,
        {"type": "order", "device_id": "d", "order_id": "87-A", "revenue": 10, "currency": "EUR"},
        {"type": "order", "device_id": "e", "order_id": "87-B", "revenue": 12000, "currency": "JPY"},
        {"type": "order", "device_id": "f", "order_id": "87-C", "revenue": 50, "currency": "EUR"},
        {"type": "refund", "order_id": "87-C", "revenue": 50, "currency": "USD", "minute": 5},
        {"type": "order", "device_id": "g", "order_id": "88", "revenue": 49.9, "currency": "eur"},
    )
    found = [(row["order_id"], row["currency"], row["revenue"], row["net"]) for row in told(MONEY)]
    assert found == [
        ("87-A", "EUR", 10, 10),
        ("87-B", "JPY", 12000, 12000),
        ("87-C", "EUR", 50, 50),
        ("88", "EUR", 49.9, 49.9),
    ]


def test_a_refund_without_a_sum_takes_the_whole_order_and_one_of_too_much_is_flagged(
    house: House, told: Told
) -> None:
    def call(name: str, number: int, minute: int, **properties: object) -> dict[str, object]:
        moment = datetime.fromtimestamp((BEGAN + minute * MINUTE) / 1000, UTC).isoformat()
        return {
            "type": "track",
            "event": name,
            "anonymousId": "an",
            "messageId": f"m{number}",
            "timestamp": moment,
            "properties": properties,
        }

    calls = [
        call("Order Completed", 1, 0, order_id="108", total=100, currency="EUR"),
        call("Order Refunded", 2, 5, order_id="108"),
        call("Order Completed", 3, 0, order_id="109", total=50, currency="EUR"),
        call("Order Refunded", 4, 5, order_id="109", total=80, currency="EUR"),
    ]
    house.send(json.dumps({"batch": calls}).encode(), "/v1/batch")
    assert [(row["order_id"], row["net"], row["flagged"]) for row in told(MONEY)] == [
        ("108", 0, 0),
        ("109", 0, 1),
    ]


def test_a_log_of_the_own_site_is_one_visit_that_its_own_pages_did_not_refer(
    house: House, told: Told
) -> None:
    moment = datetime.fromtimestamp(BEGAN / 1000, UTC)
    line = '198.51.100.7 - - [{:%d/%b/%Y:%H:%M}:{} +0000] "GET {} HTTP/1.1" 200 512 "{}" "{}"\\n'
    log = line.format(moment, "00", "/a", "-", AGENT) + line.format(
        moment, "20", "/b", "https://shop.example/a", AGENT
    )
    house.send(b"\\n".join(events_of_file(BytesIO(log.encode()), "access", None, Left())))
    found = told("SELECT channel, landing_path FROM sessions FINAL WHERE site = {site:String}")
    assert found == [{"channel": "", "landing_path": "/a"}]


def test_one_page_in_three_spellings_is_one_page(house: House, told: Told) -> None:
    host = "https://xn--e1afmkfd.xn--p1ai"
    post(
        house,
        page("g", "https://пример.рф/товар"),
        page("h", f"{host}/%D1%82%D0%BE%D0%B2%D0%B0%D1%80"),
        page("i", f"{host}/%d1%82%d0%be%d0%b2%d0%b0%d1%80"),
    )
    found = told("SELECT host, path, count() AS n FROM events WHERE site = {site:String} GROUP BY host, path")
    assert found == [{"host": "xn--e1afmkfd.xn--p1ai", "path": "/товар", "n": 3}]
