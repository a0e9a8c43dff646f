"""Money and labels are the same wherever they are read: Overview, orders, prices, and the sum over visits."""

import uuid
from datetime import date
from decimal import Decimal

import httpx
import msgspec

from afterclick import web
from afterclick.impact import Question, arrivals
from afterclick.journeys import Exchanged, Filter, visit, visits
from afterclick.pages.overview import series
from afterclick.signals import Event
from afterclick.store.engine.query import Statement
from afterclick.store.rollups.exchange import ValidRate
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.words.period import DAY, period

NOW = 1_780_315_200_000
_ORDERS = Statement(
    "orders",
    "SELECT count() AS n, toFloat64(sumIf(revenue, currency = 'EUR')) AS euros FROM orders"
    " WHERE site = {site:String}",
)


def in_visit(start: int) -> dict[str, object]:
    name = uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1)))
    return {"session_id": str(name), "session_start": start}


def test_overview_orders_prices_and_visits_tell_one_sum_of_orders_told_twice_and_in_two_currencies(
    store: Store, scope: Scope
) -> None:
    first, again, abroad = (in_visit(NOW - days * DAY) for days in (3, 2, 1))

    def event(type: str, at: int, **fields: object) -> Event:
        base = {"site": scope.site, "event_id": str(uuid.uuid4()), "type": type, "time": at, "received": at}
        return msgspec.convert(base | fields, Event)

    told = [
        event("page_view", NOW - 3 * DAY, page_view_id=str(uuid.uuid4()), channel="paid-search", **first),
        event("page_view", NOW - 3 * DAY + 5, page_view_id=str(uuid.uuid4()), channel="referral", **first),
        event("order", NOW - 3 * DAY + 9, order_id="a", revenue=100, currency="EUR", **first),
        event("page_view", NOW - 2 * DAY, page_view_id=str(uuid.uuid4()), **again),
        event("order", NOW - 2 * DAY + 9, order_id="a", revenue=100, currency="EUR", **again),
        event("order", NOW - 3 * DAY + 20, order_id="a", revenue=100, currency="EUR"),
        event("order", NOW - 2 * DAY + 10, order_id="b", revenue=20, currency="EUR", **again),
        event("page_view", NOW - DAY, page_view_id=str(uuid.uuid4()), **abroad),
        event("order", NOW - DAY + 9, order_id="c", revenue=12000, currency="JPY", **abroad),
    ]
    for one in told[::-1]:
        store.insert("events", events_table([one]), one.event_id)
        store.settle(NOW)
    days = period("7d", NOW, "UTC")
    found = series.read(store, scope, days, "CZK")
    total = found.total(days.edges)
    rows = visits(store, scope, days.since, days.until, Filter())
    question = Question(step="", signal="any", onset=days.since, until=NOW)
    table = arrivals.read(store, scope, question, days.since).table.to_pylist()
    paid = [row for row in table if row["view_index"] == 1]
    assert (found.currency, total.revenue, total.orders, total.sold) == ("EUR", 120, 3, 2)
    assert [(one.currency, one.amount) for one in found.apart] == [("JPY", 12000)]
    assert store.arrow(scope, _ORDERS).to_pylist() == [{"n": 3, "euros": 120}]
    assert sum(one.amount for row in rows for one in row.paid if one.currency == "EUR") == 120
    assert sum(row.orders for row in rows) == 3
    assert (sum(row["revenue_of_visit"] for row in paid), sum(row["orders_of_visit"] for row in paid)) == (
        120,
        3,
    )
    assert [row["channel"] for row in table if row["revenue_of_visit"] == 100] == ["paid-search"] * 2


_BOOKED = Statement(
    "booked",
    "SELECT booked_currency AS code, toFloat64(sum(booked)) AS gross, toFloat64(sum(booked_net)) AS net"
    " FROM order_less_refunds WHERE site = {site:String} GROUP BY code ORDER BY code",
)


def test_overview_orders_prices_and_visits_tell_one_sum_of_what_rates_convert(
    store: Store, scope: Scope
) -> None:
    def event(type: str, at: int, **fields: object) -> Event:
        base = {"site": scope.site, "event_id": str(uuid.uuid4()), "type": type, "time": at, "received": at}
        return msgspec.convert(base | fields, Event)

    sums = [("a", 100, "EUR"), ("b", 250, "USD"), ("c", 33.33, "USD"), ("d", 12000, "JPY"), ("e", 7, "GBP")]
    told: list[Event] = []
    for days, (name, sum_, code) in enumerate(sums, 1):
        own = in_visit(NOW - days * DAY)
        told += [
            event("page_view", NOW - days * DAY, page_view_id=str(uuid.uuid4()), **own),
            event("order", NOW - days * DAY + 9, order_id=name, revenue=sum_, currency=code, **own),
        ]
    told.append(event("refund", NOW - DAY, order_id="b", revenue=50, currency="USD"))
    for one in told[::-1]:
        store.insert("events", events_table([one]), one.event_id)
    store.settle(NOW)
    store.exchange.publish(
        [
            ValidRate(scope.site, code, NOW - 9 * DAY, NOW, date(2026, 5, 29), Decimal(rate), "EUR", 2)
            for code, rate in (("USD", "0.9"), ("JPY", "0.00614"))
        ],
        "a",
    )
    gross, net = 100 + 225 + 30 + 73.68, 100 + 180 + 30 + 73.68
    days = period("7d", NOW, "UTC")
    found = series.read(store, scope, days, "EUR", rated=True)
    rows = visits(store, scope, days.since, days.until, Filter())
    question = Question(step="", signal="any", onset=days.since, until=NOW)
    table = arrivals.read(store, scope, question, days.since).table.to_pylist()
    assert (found.currency, found.total(days.edges).revenue, found.total(days.edges).sold) == (
        "EUR",
        gross,
        4,
    )
    assert [(one.currency, one.amount) for one in found.apart] == [("GBP", 7)]
    assert found.exchanged == [
        Exchanged("JPY", "EUR", 12000, 73.68, "2026-05-29", "2026-05-29"),
        Exchanged("USD", "EUR", 283.33, 255, "2026-05-29", "2026-05-29"),
    ]
    assert store.arrow(scope, _BOOKED).to_pylist() == [
        {"code": "EUR", "gross": gross, "net": net},
        {"code": "GBP", "gross": 7, "net": 7},
    ]
    assert sum(one.amount for row in rows for one in row.paid if one.currency == "EUR") == net
    assert [(one.told, one.paid) for row in rows for one in row.exchanged] == [
        (200, 180),
        (33.33, 30),
        (12000, 73.68),
    ]
    heads = [visit(store, scope, row.session_id).head for row in rows]
    assert [(head.paid, head.exchanged) for head in heads] == [(row.paid, row.exchanged) for row in rows]
    assert sum(row["revenue_of_visit"] for row in table if row["view_index"] == 1) == gross


def test_the_api_tells_a_sum_of_many_days_in_whole_cents(
    empty_desk: web.Desk, empty: httpx.Client, store: Store
) -> None:
    site = empty_desk.scope.site
    at = empty_desk.clock()
    told = [
        msgspec.convert(
            {
                "site": site, "event_id": str(uuid.uuid4()), "type": "order", "time": at - days * DAY,
                "received": at, "order_id": f"cents-{days}", "revenue": revenue, "currency": "EUR",
            }
            | in_visit(at - days * DAY),
            Event,
        )
        for days, revenue in ((3, 0.1), (2, 0.2), (1, 0.3))
    ]  # fmt: skip
    store.insert("events", events_table(told), site)
    store.settle(at)
    assert 0.1 + 0.2 + 0.3 != 0.6
    paid = empty.get("/api/v1/overview").json()["paid"]
    assert [one["value"] for one in paid if one["key"] == "revenue"] == [0.6]
