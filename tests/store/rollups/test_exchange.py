"""Money in other currencies counts in the site's own by the rate of its day, in orders and visits alike."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import over_both

from afterclick.signals import Event
from afterclick.store.engine.query import Statement
from afterclick.store.rollups.exchange import ValidRate
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

NOON = 1_780_315_200_000
DAY = 86_400_000
ORDERS = """
SELECT order_id, toString(booked) AS paid, toString(booked_net) AS net, booked_currency AS currency,
    toString(revenue) AS told, toString(orders.currency) AS told_in
FROM order_less_refunds AS orders WHERE site = {site:String} ORDER BY order_id
"""
VISITS = """
SELECT orders_in, mapApply((code, sum) -> (code, toString(sum)), paid) AS paid,
    mapApply((code, sum) -> (code, toString(sum)), paid_net) AS net, toString(revenue) AS revenue, currency,
    arraySort(arrayMap(
        one -> arrayStringConcat(
            [one.currency, toString(one.told), one.into, toString(one.paid), toString(one.day)], ' '),
        exchanged)) AS exchanged
FROM session_felt WHERE site = {site:String} ORDER BY session_start, session_id
"""


def visit_at(start: int) -> dict[str, object]:
    name = uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1)))
    return {"session_id": str(name), "session_start": start}


def a_rate(
    site: str,
    currency: str,
    rate: str,
    since: int = NOON - DAY,
    until: int = NOON + DAY,
    into: str = "EUR",
    decimals: int = 2,
) -> ValidRate:
    day = datetime.fromtimestamp(since / 1000, UTC).date()
    return ValidRate(site, currency, since, until, day, Decimal(rate), into, decimals)


@pytest.mark.parametrize(
    ("told", "currency", "rate", "into", "decimals", "paid"),
    [
        (100, "USD", "0.9213", "EUR", 2, "92.13"),
        (0.99, "USD", "0.9213", "EUR", 2, "0.91"),
        (10.5, "USD", "0.1", "EUR", 2, "1.05"),
        (0.05, "USD", "0.1", "EUR", 2, "0.01"),  # a half goes up
        (12000, "JPY", "0.006143", "EUR", 2, "73.72"),
        (49.9, "EUR", "163.2", "JPY", 0, "8144"),
        (49.9, "EUR", "0.4123", "BHD", 3, "20.574"),
        (1.005, "KWD", "3.021", "EUR", 2, "3.04"),
        (99_999_999_999_999, "USD", "1000000000", "EUR", 2, "99999999999999000000000"),
        (100, "USD", "0.000000001", "EUR", 2, "0"),
    ],
)
@over_both
def test_a_sum_is_converted_exactly_and_rounded_half_up_to_the_smallest_coin(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, site: str,
    told: float, currency: str, rate: str, into: str, decimals: int, paid: str,
) -> None:  # fmt: skip
    store.exchange.publish([a_rate(site, currency, rate, into=into, decimals=decimals)], "a")
    keep(event("order", order_id="o1", revenue=told, currency=currency, **visit_at(NOON)))
    store.settle(NOON)
    assert [(row["paid"], row["currency"], row["told_in"]) for row in ask(ORDERS)] == [(paid, into, currency)]
    assert [(row["paid"], row["revenue"], row["currency"]) for row in ask(VISITS)] == [
        ({into: paid}, paid, into)
    ]


def test_a_rate_that_is_stated_later_holds_for_the_past_and_one_that_is_withdrawn_for_nothing(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, site: str
) -> None:
    keep(event("order", order_id="o1", revenue=100, currency="USD", **visit_at(NOON)))
    store.settle(NOON)
    assert [row["paid"] for row in ask(VISITS)] == [{"USD": "100"}]
    for rate, paid in (("0.9", {"EUR": "90"}), ("0.8", {"EUR": "80"})):
        store.exchange.publish([a_rate(site, "USD", rate)], rate)
        assert [row["paid"] for row in ask(VISITS)] == [paid]
        assert store.exchange.stated() == rate
    store.exchange.publish([], "none")
    assert [row["paid"] for row in ask(VISITS)] == [{"USD": "100"}]
    assert [(row["paid"], row["currency"]) for row in ask(ORDERS)] == [("100", "USD")]
    assert store.exchange.stated() == ""


def test_a_rate_of_another_site_or_of_another_time_converts_nothing(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, site: str
) -> None:
    other = a_rate("another", "USD", "0.5")
    gone = a_rate(site, "USD", "0.5", NOON - 9 * DAY, NOON - 1)
    coming = a_rate(site, "USD", "0.5", NOON + 1, NOON + DAY)
    store.exchange.publish([other, gone, coming], "a")
    keep(event("order", order_id="o1", revenue=100, currency="USD", **visit_at(NOON)))
    store.settle(NOON)
    assert [(row["paid"], row["exchanged"]) for row in ask(VISITS)] == [({"USD": "100"}, [])]


def test_a_refund_goes_by_the_rate_of_its_orders_day_and_a_full_one_leaves_nothing(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, site: str
) -> None:
    store.exchange.publish(
        [
            a_rate(site, "USD", "0.9", NOON - DAY, NOON + DAY - 1),
            a_rate(site, "USD", "0.5", NOON + DAY, NOON + 9 * DAY),
        ],
        "a",
    )
    keep(
        event("order", order_id="a", revenue=100, currency="USD", **visit_at(NOON)),
        event("order", order_id="b", revenue=33.33, currency="USD", **visit_at(NOON)),
        event("refund", 3 * DAY, order_id="a", revenue=40, currency="USD"),
        event("refund", 3 * DAY, order_id="b"),
    )
    store.settle(NOON)
    assert [(row["paid"], row["net"]) for row in ask(ORDERS)] == [("90", "54"), ("30", "0")]
    assert sorted(row["net"]["EUR"] for row in ask(VISITS)) == ["0", "54"]


def test_an_order_goes_by_the_day_on_which_its_visit_began_and_one_of_no_visit_by_its_own(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, site: str
) -> None:
    store.exchange.publish(
        [a_rate(site, "USD", "0.9", NOON - DAY, NOON), a_rate(site, "USD", "0.5", NOON + 1, NOON + DAY)], "a"
    )
    keep(
        event("order", 1000, order_id="in", revenue=100, currency="USD", **visit_at(NOON)),
        event("order", 1000, order_id="out", revenue=100, currency="USD"),
    )
    store.settle(NOON)
    assert {row["order_id"]: row["paid"] for row in ask(ORDERS)} == {"in": "90", "out": "50"}
    assert [row["paid"] for row in ask(VISITS)] == [{"EUR": "90"}]


def test_currencies_without_a_rate_stand_apart_beside_those_that_are_converted(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, site: str
) -> None:
    store.exchange.publish([a_rate(site, "USD", "0.9")], "a")
    inside = visit_at(NOON)
    sums = [("a", 10, "EUR"), ("b", 100, "USD"), ("c", 50, "USD"), ("d", 7, "GBP")]
    keep(*(event("order", order_id=name, revenue=sum, currency=code, **inside) for name, sum, code in sums))
    store.settle(NOON)
    [row] = ask(VISITS)
    assert (row["paid"], row["orders_in"]) == ({"EUR": "145", "GBP": "7"}, {"EUR": 3, "GBP": 1})
    assert row["exchanged"] == ["USD 100 EUR 90 2026-05-31", "USD 50 EUR 45 2026-05-31"]


CODES = ("EUR", "USD", "JPY", "GBP")
some_orders = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from(CODES), st.integers(0, 10**9), st.integers(0, 2),
        st.integers(0, 10**9), st.booleans(),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(told=some_orders, order=st.randoms(use_true_random=False))
def test_orders_visits_and_plain_arithmetic_agree_however_it_arrives(
    store: Store, told: Sequence[tuple[str, str, int, int, int, bool]], order: Any
) -> None:
    site = f"s{uuid.uuid4().hex}"
    by_day = {("USD", 0): "0.91", ("USD", 1): "0.923456", ("JPY", 1): "0.00614", ("JPY", 2): "0.0062"}
    store.exchange.publish(
        [
            a_rate(site, code, rate, NOON + day * DAY, NOON + (day + 1) * DAY - 1)
            for (code, day), rate in by_day.items()
        ],
        site,
    )
    events: list[dict[str, Any]] = []
    expected: dict[str, Decimal] = {}
    left: dict[str, Decimal] = {}
    for name, code, cents, day, back, refunded in {one[0]: one for one in told}.values():
        sum, refund = Decimal(cents) / 100, Decimal(back) / 100
        own = visit_at(NOON + day * DAY + 5)
        fields = {"order_id": name, "currency": code, "site": site}
        events.append({"type": "order", "revenue": float(sum), **fields, **own})
        if refunded:
            events.append({"type": "refund", "revenue": float(refund), **fields})
        rate = by_day.get((code, day))
        net = max(sum - refund, Decimal(0)) if refunded else sum
        into = "EUR" if rate else code
        for sums, value in ((expected, sum), (left, net)):
            booked = (value * Decimal(rate)).quantize(Decimal("0.01"), ROUND_HALF_UP) if rate else value
            sums[into] = sums.get(into, Decimal(0)) + booked
    order.shuffle(events)
    for one in events:
        full = {"event_id": str(uuid.uuid4()), "time": NOON, "received": NOON, **one}
        store.insert("events", events_table([msgspec.convert(full, Event)]), uuid.uuid4().hex)
        if order.random() < 0.3:
            store.settle(NOON)
    store.settle(NOON)
    assert (_sums(store, site, "paid"), _sums(store, site, "paid_net")) == (expected, left)
    assert (_booked(store, site, "booked"), _booked(store, site, "booked_net")) == (expected, left)


def _sums(store: Store, site: str, column: str) -> dict[str, Decimal]:
    sql = f"SELECT sumMap({column}) AS found FROM session_felt WHERE site = {{site:String}}"
    [row] = store.arrow(Scope(site), Statement("sums", sql)).to_pylist(maps_as_pydicts="strict")
    return row["found"]


def _booked(store: Store, site: str, column: str) -> dict[str, Decimal]:
    sql = (
        f"SELECT booked_currency AS code, sum({column}) AS found FROM order_less_refunds "
        "WHERE site = {site:String} GROUP BY code"
    )
    return {
        row["code"]: row["found"] for row in store.arrow(Scope(site), Statement("booked", sql)).to_pylist()
    }
