"""An order counts once, in its own currency, in the visit that told of it first: however and wherever it was told."""

import uuid
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import over_both

from afterclick.signals import Event
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

pytestmark = over_both

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

NOON = 1_780_315_200_000
DAY = 86_400_000
ORDERS = """
SELECT toFloat64(revenue) AS gross, toFloat64(revenue_net) AS net, toString(currency) AS currency,
    toBool(over_refunded) AS over, toString(session_id) AS visit
FROM order_less_refunds WHERE site = {site:String} ORDER BY order_id
"""
VISITS = """
SELECT toString(session_id) AS visit, n_orders AS orders, mapApply((code, sum) -> (code, toFloat64(sum)), paid) AS paid,
    mapApply((code, sum) -> (code, toFloat64(sum)), paid_net) AS net, toBool(over_refunded) AS over
FROM session_felt WHERE site = {site:String} ORDER BY session_start, session_id
"""


def visit_at(start: int) -> dict[str, object]:
    """The fields of an event in a visit that began then."""
    name = uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1)))
    return {"session_id": str(name), "session_start": start}


def test_a_refund_from_outside_lowers_the_revenue_of_its_orders_visit(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, visit: str
) -> None:
    keep(event("refund", 9, order_id="o1", revenue=30, currency="EUR"))
    store.settle(NOON)
    inside = {"session_id": visit, "session_start": NOON}
    keep(event("order", 5, order_id="o1", revenue=100, currency="EUR", **inside))
    store.settle(NOON)
    store.settle(NOON)
    net = ask(
        "SELECT toFloat64(revenue) AS gross, toFloat64(revenue_net) AS net FROM session_felt WHERE site = {site:String}"
    )
    assert net == [{"gross": 100.0, "net": 70.0}]


def test_an_order_that_is_told_again_next_day_and_by_a_server_is_one_of_the_first_visit(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask
) -> None:
    first, again = visit_at(NOON), visit_at(NOON + DAY)
    keep(event("order", DAY, order_id="o1", revenue=100, currency="EUR", **again))
    store.settle(NOON)
    assert [row["orders"] for row in ask(VISITS)] == [1]
    keep(event("order", 0, order_id="o1", revenue=0, currency="EUR", **first))
    keep(event("order", 10, order_id="o1", revenue=100, currency="EUR"))
    store.settle(NOON)
    assert [(row["orders"], row["paid"]) for row in ask(VISITS)] == [(1, {"EUR": 100.0}), (0, {})]
    assert [(row["visit"], row["gross"]) for row in ask(ORDERS)] == [(first["session_id"], 100.0)]


@pytest.mark.parametrize(
    ("refunds", "net", "over"),
    [
        ([(20, "EUR")], 30, False),
        ([(20, "EUR"), (20, "EUR")], 10, False),
        ([(50, "EUR")], 0, False),
        ([(80, "EUR")], 0, True),
        ([(50, "USD")], 50, False),
        ([(0, "")], 0, False),
        ([(20, "EUR"), (0, "")], 0, False),
        ([(80, "EUR"), (0, "")], 0, True),
    ],
)
def test_a_refund_lowers_an_order_of_its_own_currency_and_none_below_nothing(
    store: Store,
    event: MakeEvent,
    keep: Keep,
    ask: Ask,
    refunds: list[tuple[float, str]],
    net: float,
    over: bool,
) -> None:
    keep(event("order", order_id="o1", revenue=50, currency="EUR", **visit_at(NOON)))
    keep(*(event("refund", order_id="o1", revenue=sum, currency=code) for sum, code in refunds))
    store.settle(NOON)
    assert [(row["net"], row["over"]) for row in ask(ORDERS)] == [(net, over)]
    assert [(row["net"], row["over"]) for row in ask(VISITS)] == [({"EUR": net}, over)]


@pytest.mark.parametrize(
    ("sum", "code"), [(12000, "JPY"), (1.005, "KWD"), (0.001, "BHD"), (49.9, "EUR"), (1e11, "IDR")]
)
def test_sums_of_any_minor_unit_are_kept_to_the_last_digit(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, sum: float, code: str
) -> None:
    keep(event("order", order_id="o1", revenue=sum, currency=code, **visit_at(NOON)))
    store.settle(NOON)
    assert [(row["gross"], row["currency"]) for row in ask(ORDERS)] == [(sum, code)]


def test_currencies_of_one_visit_stand_side_by_side(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask
) -> None:
    inside = visit_at(NOON)
    keep(
        event("order", order_id="a", revenue=10, currency="EUR", **inside),
        event("order", order_id="b", revenue=12000, currency="JPY", **inside),
        event("order", order_id="c", revenue=5, currency="EUR", **inside),
    )
    assert ask(VISITS)[0]["paid"] == {"EUR": 15.0, "JPY": 12000.0}
    (row,) = ask("SELECT currency, toFloat64(revenue) AS sum FROM session_felt WHERE site = {site:String}")
    assert row == {"currency": "EUR", "sum": 15.0}


tellings = st.lists(
    st.tuples(
        st.sampled_from(["order", "order", "refund"]),
        st.sampled_from(["o1", "o2"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from([(10.0, "EUR"), (12000.0, "JPY"), (4.5, "EUR"), (0.0, "")]),
    ),
    min_size=1,
    max_size=8,
)
"""What is told of two orders: the kind, the order, in which of three visits or in none, when, and the money."""


@settings(max_examples=12)
@given(told=tellings, cut=st.integers(0, 8), again=st.booleans())
def test_any_order_of_tellings_gives_the_same_money_and_visits_add_up_to_the_orders(
    store: Store, told: list[tuple[str, str, int, int, tuple[float, str]]], cut: int, again: bool
) -> None:
    one, other = (f"orders-{uuid.uuid4().hex}" for _ in range(2))
    visits = [visit_at(NOON + number * DAY) for number in range(3)]
    ids = [str(uuid.uuid4()) for _ in told]
    for site in (one, other):
        events = [
            msgspec.convert(
                {
                    "site": site, "event_id": name, "type": kind, "time": NOON + at, "received": NOON,
                    "order_id": order, "revenue": money[0], "currency": money[1],
                    **(visits[where] if where < 3 and kind == "order" else {}),
                },
                Event,
            )
            for name, (kind, order, where, at, money) in zip(ids, told, strict=True)
        ]  # fmt: skip
        parts = [events[:cut], events[cut:]] if site == one else [events[::-1], events[:cut] if again else []]
        for part in parts:
            store.insert("events", events_table(part), token=uuid.uuid4().hex)
            store.settle(NOON)
    found = [
        {name: read(store, site, sql) for name, sql in (("orders", ORDERS), ("visits", VISITS))}
        for site in (one, other)
    ]
    counted = [[row for row in rows["visits"] if row["orders"]] for rows in found]
    assert counted[0] == counted[1]
    assert found[0]["orders"] == found[1]["orders"]
    of_visits = [row for row in found[0]["orders"] if int(row["visit"].replace("-", ""), 16)]
    assert sum(row["orders"] for row in counted[0]) == len(of_visits)
    for code in ("EUR", "JPY"):
        for name, theirs in (("gross", "paid"), ("net", "net")):
            whole = sum(row[name] for row in of_visits if row["currency"] == code)
            assert sum(row[theirs].get(code, 0.0) for row in counted[0]) == pytest.approx(whole)


def read(store: Store, site: str, sql: str) -> list[dict[str, Any]]:
    return store.arrow(Scope(site), Statement("test", sql)).to_pylist(maps_as_pydicts="strict")


def test_a_refund_in_another_currency_lowers_nothing_and_is_flagged_at_the_order_and_its_visit(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask
) -> None:
    keep(event("order", 0, order_id="o1", revenue=100, currency="EUR", **visit_at(NOON)))
    keep(event("order", 0, order_id="o2", revenue=50, currency="EUR", **visit_at(NOON)))
    keep(event("refund", DAY, order_id="o1", revenue=30, currency="GBP"))
    keep(event("refund", DAY, order_id="o2"))
    store.settle(NOON)
    flags = "SELECT toBool(refunded_apart) AS apart, toFloat64(revenue_net) AS net FROM {} WHERE site = {{site:String}}"
    expected = [{"apart": False, "net": 0.0}, {"apart": True, "net": 100.0}]
    for table in ("order_less_refunds", "session_felt"):
        assert ask(f"{flags.format(table)} ORDER BY net") == expected
