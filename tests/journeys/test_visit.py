import random

import pytest
from tests.web.shopfront import DAY, NOW, Shopper, write_visit

from afterclick.errors import NotFound
from afterclick.journeys import Filter, visit, visits
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store


def write(store: Store, one: Shopper) -> None:
    store.insert("events", events_table(one.events), one.session_id)


def test_a_visit_reads_back_in_order_with_what_belongs_to_no_page(store: Store, scope: Scope) -> None:
    one = Shopper(scope.site, random.Random(1), NOW, {})
    one.add("identify", user_id="u1")
    one.open(0, 500, 900.0)
    one.add("error", 100, name="TypeError")
    one.open(2, 5_000, 4_500.0)
    one.add("order", 900, order_id="o1", revenue=12.5)
    one.add("refund", 50, order_id="o1", revenue=2.5)
    shuffled = one.events[:]
    random.Random(3).shuffle(shuffled)
    for event in shuffled:
        store.insert("events", events_table([event]), event.event_id)
    store.settle(NOW)
    found = visit(store, scope, one.session_id)
    assert [page.step for page in found.pages if page.step] == ["home", "product"]
    assert [part.type for part in found.pages[-1].happenings if part.type != "vital"] == ["order", "refund"]
    assert (found.head.user_id, found.head.orders, found.head.revenue) == ("u1", 1, 10.0)


def test_a_visit_over_midnight_is_one_visit(store: Store, scope: Scope) -> None:
    one = Shopper(scope.site, random.Random(2), NOW // DAY * DAY - 1_000, {})
    one.open(0, 0, 900.0)
    one.open(1, 60_000, 900.0)
    write(store, one)
    assert len(visit(store, scope, one.session_id).pages) == 2


def test_another_sites_visit_is_not_found(store: Store, scope: Scope) -> None:
    one = Shopper(scope.site, random.Random(4), NOW, {})
    one.open(0, 0, 900.0)
    write(store, one)
    with pytest.raises(NotFound):
        visit(store, Scope(f"{scope.site}-other"), one.session_id)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), {"slow", "failing", "buyer"}),
        (Filter(felt="slow"), {"slow"}),
        (Filter(felt="error"), {"failing"}),
        (Filter(paid="yes"), {"buyer"}),
        (Filter(step="payment"), {"buyer"}),
        (Filter(device="bot"), {"bot"}),
        (Filter(country="CZ"), {"buyer"}),
        (Filter(find="order-7"), {"buyer"}),
        (Filter(find="u-slow"), {"slow"}),
        (Filter(find="u-bot"), {"bot"}),
        (Filter(step="' OR 1=1 --"), set[str]()),
    ],
)
def test_each_filter_keeps_only_what_it_names(
    store: Store, scope: Scope, wanted: Filter, expected: set[str]
) -> None:
    rng = random.Random(5)
    names = ("slow", "failing", "buyer", "bot")
    made = {name: Shopper(scope.site, rng, NOW + i, {"user_id": f"u-{name}"}) for i, name in enumerate(names)}
    made["bot"].context["device_class"] = "bot"
    made["buyer"].context["country"] = "CZ"
    for name, one in made.items():
        one.open(5 if name == "buyer" else 0, 10, 4_600.0 if name == "slow" else 900.0)
    made["failing"].add("request", 10, status=503, method="GET", target="/api")
    made["buyer"].add("order", 10, order_id="order-7", revenue=5.0)
    store.insert("events", events_table([event for one in made.values() for event in one.events]), scope.site)
    found = {row.user_id.removeprefix("u-") for row in visits(store, scope, NOW - DAY, NOW + DAY, wanted)}
    assert found == expected


def test_a_payments_trace_is_linked_to_its_request(store: Store, scope: Scope) -> None:
    rng = random.Random(0)
    spans, events = [], []
    while not spans:
        events, spans = write_visit(scope.site, rng, NOW, slow=False)
    store.insert("events", events_table(events), "e" + scope.site)
    store.insert("spans", spans_table(spans), "s" + scope.site)
    found = visit(store, scope, events[0].session_id)
    assert [trace.services for trace in found.traces.values()] == [("storefront", "checkout", "payment")]
