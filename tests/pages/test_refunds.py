"""The page of a visit tells what was refunded of its orders, and the list of visits what is odd about it."""

import uuid
from collections.abc import Iterator, Mapping

import httpx
import msgspec
import pytest
from tests.pages.test_withheld import a_client_by_role, read
from tests.web.desks import NOW

from afterclick import web
from afterclick.accounts.policy import ROLES, Capability, Role
from afterclick.signals import Event
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store
from afterclick.words.figures import stamp

HOUR = 3_600_000
START = NOW - 90 * HOUR
Told = Mapping[str, object]


@pytest.fixture
def client(empty_desk: web.Desk) -> Iterator[httpx.Client]:
    with a_client_by_role(empty_desk) as client:
        yield client


def visit_of(store: Store, site: str, *told: Told) -> str:
    """The path of a visit that ordered for €80.00, and of whose order more was told later, by a server."""
    visit, number = str(uuid.uuid4()), uuid.uuid4().hex[:8]
    inside = {"session_id": visit, "session_start": START}
    events: list[Told] = [
        {"type": "page_view", "path": "/", "time": START} | inside,
        {"type": "order", "time": START, "revenue": 80, "currency": "EUR"} | inside,
        *told,
    ]
    base = {"site": site, "received": NOW, "order_id": number}
    made = [msgspec.convert({**base, "event_id": str(uuid.uuid4()), **one}, Event) for one in events]
    store.insert("events", events_table(made), visit)
    store.settle(NOW)
    return f"/visits/{visit}"


def refund(hours: int, **fields: object) -> Told:
    return {"type": "refund", "time": START + hours * HOUR, "session_start": START + hours * HOUR} | fields


def test_each_refund_is_told_at_its_order_with_when_it_was_and_what_is_left(
    client: httpx.Client, empty_desk: web.Desk, store: Store
) -> None:
    refunds = (refund(30, revenue=10, currency="EUR"), refund(50, revenue=20.5, currency="EUR"))
    page = read(client, Role.ADMINISTRATOR, visit_of(store, empty_desk.scope.site, *refunds))
    first, second = (stamp(START + hours * HOUR, "UTC") for hours in (30, 50))
    assert f"€10.00 refunded {first} · €20.50 refunded {second} · €49.50 left" in page
    assert "(€30.50 refunded)" in page


def test_a_refund_of_what_was_left_is_told_so(
    client: httpx.Client, empty_desk: web.Desk, store: Store
) -> None:
    page = read(client, Role.ADMINISTRATOR, visit_of(store, empty_desk.scope.site, refund(1)))
    assert "what was left refunded 2026-" in page
    assert "€0.00 left" in page


def test_a_refund_in_another_currency_is_told_and_lowers_nothing(
    client: httpx.Client, empty_desk: web.Desk, store: Store
) -> None:
    path = visit_of(store, empty_desk.scope.site, refund(1, revenue=30, currency="GBP"))
    page = read(client, Role.ADMINISTRATOR, path)
    assert "£30.00 refunded 2026-" in page
    assert page.count("a refund in another currency takes nothing off") == 2
    assert "€80.00 left" in page
    listed = read(client, Role.ADMINISTRATOR, "/visits")
    assert "€80.00, a refund in another currency takes nothing off" in listed


def test_refunds_that_exceed_their_order_are_told_at_it(
    client: httpx.Client, empty_desk: web.Desk, store: Store
) -> None:
    page = read(
        client,
        Role.ADMINISTRATOR,
        visit_of(store, empty_desk.scope.site, refund(1, revenue=90, currency="EUR")),
    )
    assert "refunds exceed it · €0.00 left" in page


@pytest.mark.parametrize("role", [role for role in Role if Capability.VISITS in ROLES[role]])
def test_refunds_are_told_to_who_may_see_money_only(
    client: httpx.Client, empty_desk: web.Desk, store: Store, role: Role
) -> None:
    page = read(client, role, visit_of(store, empty_desk.scope.site, refund(1, revenue=33, currency="GBP")))
    assert ("£33.00 refunded" in page) is (Capability.MONEY in ROLES[role])
    assert ("in another currency" in page) is (Capability.MONEY in ROLES[role])
