"""What customers wrote is left out of a visit for whoever may not see who they are, whatever it came as."""

import random
from dataclasses import replace
from math import isnan

import msgspec
import pytest
from tests.web.shopfront import NOW, Shopper

from afterclick.accounts.policy import ROLES, Capability, Role
from afterclick.journeys import Bar, Happening, Span, Trace, visit
from afterclick.signals import EVENT_TYPES
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.words import withheld

WROTE = "they never called me back"
ASKED = Span(
    trace_id="t", span_id="s", parent_span_id="", service="shop", name="GET", kind="server", start_ns=0, duration_ns=1,
    status="", status_message="", http_status=200, peer="", exception="", generated=False, address="/receipts/4711",
)  # fmt: skip
TRACE = Trace("t", 1.0, (Bar(ASKED, 0, 0.0, 1.0, 1.0, heaviest=True),), 0, generated=False)
VISITORS = [role for role in Role if Capability.VISITS in ROLES[role]]


def happenings(store: Store, scope: Scope, session: str, role: Role) -> list[Happening]:
    seen = Scope(scope.site, ROLES[role])
    found = withheld.visit(visit(store, seen, session), seen)
    return [one for page in found.pages for one in page.happenings]


@pytest.mark.parametrize("role", VISITORS)
def test_free_text_of_every_type_is_for_who_may_see_who_a_customer_is(
    store: Store, scope: Scope, role: Role
) -> None:
    one = Shopper(scope.site, random.Random(5), NOW, {})
    one.open(0, 500, 900.0)
    for kind in sorted(EVENT_TYPES - {"page_view"}):
        one.add(kind, 10, name="n", message=WROTE, order_id="A-1")
    store.insert("events", events_table(one.events), f"{scope.site} {role}")
    told = {(one.type, one.message, one.order_id) for one in happenings(store, scope, one.session_id, role)}
    types = {kind for kind, message, _ in told if message == WROTE}
    if Capability.PERSONAL in ROLES[role]:
        assert types == EVENT_TYPES - {"page_view", "leave"}, "where a page was left to stands nowhere"
    else:
        assert types == {"error"}
        assert {order for _, _, order in told} == {""}


@pytest.mark.parametrize("role", VISITORS)
def test_money_of_every_type_is_for_who_may_see_money_and_an_orders_number_for_who_may_see_whose_it_is(
    store: Store, scope: Scope, role: Role
) -> None:
    one = Shopper(scope.site, random.Random(7), NOW, {})
    one.open(0, 500, 900.0)
    for kind in sorted(EVENT_TYPES - {"page_view"}):
        one.add(kind, 10, name="n", value=4321.5, revenue=98765.5, currency="EUR", order_id="ORDER-7")
    store.insert("events", events_table(one.events), f"{scope.site} {role} money")
    told = happenings(store, scope, one.session_id, role)
    text = msgspec.json.encode(told).decode()
    assert ("98765.5" in text) == (Capability.MONEY in ROLES[role])
    assert ("ORDER-7" in text) == (Capability.PERSONAL in ROLES[role])
    if Capability.MONEY not in ROLES[role]:
        measured = {"vital", "struggle", "search", "rating"}
        assert {one.type for one in told if one.value == 4321.5} == measured
        assert all(isnan(one.value) for one in told if one.type not in measured), "withheld is not 0"
    assert any(one.refunded for one in told) == (Capability.MONEY in ROLES[role])


@pytest.mark.parametrize("role", VISITORS)
def test_the_number_of_an_order_stands_in_no_address_for_who_may_not_see_whose_it_is(
    store: Store, scope: Scope, role: Role
) -> None:
    one = Shopper(scope.site, random.Random(9), NOW, {})
    one.open(0, 500, 900.0)
    one.add("order", 10, name="order", order_id="4711", revenue=20.0, currency="EUR")
    one.add("request", 20, path="/thanks/4711", target="/pay/4711/47110?of=4711", status=500)
    one.add("error", 30, path="/thanks/4711", message="no receipt for 4711", source="app.js:4711:2")
    store.insert("events", events_table(one.events), f"{scope.site} {role} addresses")
    seen = Scope(scope.site, ROLES[role])
    found = replace(visit(store, seen, one.session_id), traces={TRACE.trace_id: TRACE})
    told = msgspec.json.encode(withheld.visit(found, seen)).decode()
    if Capability.PERSONAL in ROLES[role]:
        assert "/pay/4711/47110?of=4711" in told
        assert "/receipts/4711" in told
    else:
        assert "/pay/:order/47110?of=:order" in told
        assert "no receipt for :order" in told
        assert "/receipts/:order" in told
        assert "4711/" not in told
