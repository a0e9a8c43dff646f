"""What servers tell of a user, beside what the user's browser tells: one visit, one order, whatever comes first."""

import uuid
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import msgspec
import pytest
from tests.collect.conftest import NOW, House, Told

MINUTE = 60_000
BEGAN = NOW - 300 * MINUTE
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
)
VISITS = """
SELECT toString(session_id) AS visit, counted, device_id AS device, n_orders AS orders, toFloat64(revenue) AS revenue,
    length(errors) AS errors
FROM session_felt WHERE site = {site:String} ORDER BY counted DESC, session_start, session_id
"""
Sent = dict[str, object]


def visit(
    minute: float = 0, device: str = "d", user: str = "u", order: str = "", **more: object
) -> list[Sent]:
    """A page view, and an order if told, as our own SDK sends them for a user whom the site told it."""
    start = BEGAN + int(minute * MINUTE)
    session = uuid.uuid5(uuid.NAMESPACE_OID, f"{device}{minute}").int & ((1 << 62) - 1)
    own: Sent = {
        "session_id": str(uuid.UUID(int=start << 80 | 7 << 76 | 2 << 62 | session)),
        "page_view_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"page of {session}")),
        "device_id": device, "user_id": user, "user_agent": AGENT,
    }  # fmt: skip
    page: Sent = {"type": "page_view", "time": start, "path": "/thanks"} | own | more
    return [page, bought(minute + 0.1, order, 10, **own, **more)] if order else [page]


def bought(minute: float, order: str, revenue: float = 12.34, **more: object) -> Sent:
    sold: Sent = {"type": "order", "order_id": order, "revenue": revenue, "currency": "EUR"}
    return sold | {"time": BEGAN + int(minute * MINUTE)} | more


def server(minute: float, order: str = "R1", user: str = "u") -> Sent:
    return bought(minute, order, user_id=user)


def failed(minute: float, user: str = "u") -> Sent:
    return {"type": "error", "name": "KeyError", "user_id": user, "time": BEGAN + int(minute * MINUTE)}


def deliver(house: House, told: Told, requests: Sequence[Sequence[Sent]]) -> None:
    """Each request is in the store before the next one comes."""
    for events in requests:
        body = msgspec.json.encode({"context": {}, "events": list(events)})
        assert house.send(body).json()["dropped"] == 0
        told(VISITS)


def counted(told: Told) -> list[tuple[Any, ...]]:
    """The visits that count: whose, and what they bought."""
    return [(row["device"], row["orders"], row["revenue"]) for row in told(VISITS) if row["counted"]]


@pytest.mark.parametrize("place", list(permutations(range(3))))
@pytest.mark.parametrize("at", [-1, 0.25])
def test_an_order_that_browser_and_server_tell_is_one_of_one_visit_in_any_order_of_arrival(
    house: House, told: Told, place: Sequence[int], at: float
) -> None:
    page, order = visit(order="R1")
    sent = [page, order, server(at)]
    deliver(house, told, [[sent[n]] for n in place])
    assert counted(told) == [("d", 1, 12.34)]
    house.restart(forgetting=True)
    deliver(house, told, [[sent[n]] for n in reversed(place)])
    assert counted(told) == [("d", 1, 12.34)]
    [events] = told("SELECT count() AS n FROM events WHERE site = {site:String}")
    assert events["n"] == 3


@pytest.mark.parametrize("turned", [False, True])
def test_what_comes_in_one_request_is_of_one_visit_in_any_order(
    house: House, told: Told, turned: bool
) -> None:
    sent = [*visit(), server(0.25), failed(0.5)]
    deliver(house, told, [sent[::-1] if turned else sent])
    assert [(row["orders"], row["errors"]) for row in told(VISITS)] == [(1, 1)]


def test_an_order_that_the_server_alone_tells_is_of_the_visit_that_the_browser_told_of_long_before(
    house: House, told: Told
) -> None:
    deliver(house, told, [visit(), [server(20)], [server(45, "R2")]])
    assert [(row["device"], row["orders"]) for row in told(VISITS)] == [("d", 2)]


def test_of_a_user_on_two_devices_the_server_tells_of_the_first_until_the_user_has_left_it(
    house: House, told: Told
) -> None:
    deliver(house, told, [visit(0), visit(2, "e")])
    deliver(house, told, [[server(3)], visit(20, "e"), [server(21, "R2")]])
    assert [(row["device"], row["orders"]) for row in told(VISITS)] == [("d", 1), ("e", 0), ("e", 1)]


def test_a_visit_that_ended_half_an_hour_before_is_not_joined_and_the_order_is_kept(
    house: House, told: Told
) -> None:
    deliver(house, told, [visit(), [server(31)]])
    assert counted(told) == [("d", 0, 0.0), ("", 1, 12.34)]


def test_a_visit_without_consent_is_no_users_and_the_servers_order_stands_by_itself(
    house: House, told: Told
) -> None:
    page, order = visit(order="R1", consent={"analytics": False})
    deliver(house, told, [[page], [order], [server(1)]])
    assert counted(told) == [("", 1, 12.34)]


def test_one_who_is_no_user_is_in_no_visit_of_a_browser(house: House, told: Told) -> None:
    deliver(house, told, [visit(user="guest"), [server(1, user="guest")]])
    assert counted(told) == [("d", 0, 0.0), ("", 1, 12.34)]


def test_a_servers_errors_of_a_user_whom_no_browser_knows_are_no_visit_that_counts(
    house: House, told: Told
) -> None:
    deliver(house, told, [[failed(0)], visit(5), [failed(6)]])
    assert [(row["counted"], row["errors"]) for row in told(VISITS)] == [(1, 1), (0, 1)]


def test_an_order_that_only_a_server_tells_of_a_user_without_a_visit_counts_with_its_money(
    house: House, told: Told
) -> None:
    deliver(house, told, [[server(0), failed(1)]])
    assert counted(told) == [("", 1, 12.34)]


def test_an_order_stays_with_the_first_visit_when_a_browser_opens_its_page_again_next_day(
    house: House, told: Told
) -> None:
    deliver(house, told, [visit(), [server(1)], visit(120, order="R1")])
    assert counted(told) == [("d", 1, 12.34), ("d", 0, 0.0)]
