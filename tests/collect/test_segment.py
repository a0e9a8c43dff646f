"""Segment's HTTP API: the mapping call by call, keys and clocks."""

import base64
import json
from collections.abc import Callable
from uuid import UUID

import pytest
from tests.collect.conftest import NOW, House
from tests.collect.segment_calls import batch, call, only

from afterclick.accounts import Site, Sites
from afterclick.signals import Event

PATHS = {
    "/v1/track": "track",
    "/v1/t": "track",
    "/v1/page": "page_view",
    "/v1/p": "page_view",
    "/v1/screen": "page_view",
    "/v1/s": "page_view",
    "/v1/identify": "identify",
    "/v1/i": "identify",
    "/v1/alias": "identify",
    "/v1/a": "identify",
    "/v1/group": "track",
    "/v1/g": "track",
}


def deal(house: House, name: str, **properties: object) -> Event:
    return only(house, call(event=name, properties=properties))


@pytest.mark.parametrize(("path", "type"), PATHS.items())
@pytest.mark.parametrize("media_type", ["application/json", "text/plain"])
def test_each_path_takes_one_call_and_tells_its_type(
    house: House, path: str, type: str, media_type: str
) -> None:
    body = json.dumps(call("", previousId="p", groupId="g")).encode()
    answer = house.send(body, path, content_type=media_type)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert [event.type for event in house.events()] == [type]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b"])
def test_a_batch_takes_calls_of_all_types(house: House, path: str) -> None:
    calls = [call("track"), call("page", name="Home"), call("identify"), call("group", groupId="g")]
    assert house.send(json.dumps({"batch": calls}).encode(), path).status_code == 200
    assert [event.type for event in house.events()] == ["track", "page_view", "identify", "track"]


def test_the_key_is_the_user_of_basic_or_in_the_body_or_as_at_every_door(house: House) -> None:
    one = {"batch": [call()]}
    basic = "Basic " + base64.b64encode(f"{house.key}:".encode()).decode()
    told = json.dumps(one | {"writeKey": house.key}).encode()
    assert house.send(json.dumps(one).encode(), "/v1/batch", key="", authorization=basic).status_code == 200
    assert house.send(told, "/v1/batch", key="").status_code == 200
    assert house.send(json.dumps(one).encode(), f"/v1/batch?key={house.key}", key="").status_code == 200
    for wrong in (None, "ac_wrong", 7, "", ["x"]):
        body = json.dumps(one | {"writeKey": wrong}).encode()
        refused = house.send(body, "/v1/batch", key="")
        assert (refused.status_code, refused.json()["success"], refused.json()["code"]) == (
            401,
            False,
            "unauthorized",
        )
    assert house.send(told, "/v1/batch", key="ac_wrong").status_code == 401, "the request's own word counts"


def test_a_key_in_the_body_is_found_beside_a_broken_call(house: House) -> None:
    body = b'{"batch":[{"type":"track","event":NaN},%s],"writeKey":"%s"}'
    good = json.dumps(call()).encode()
    answer = house.send(body % (good, house.key.encode()), "/v1/b", key="", content_type="text/plain")
    assert (answer.status_code, answer.json()["errors"][0]["reason"]) == (200, "malformed")
    assert len(house.events()) == 1


def test_a_key_in_the_body_is_limited_too(open_house: Callable[..., House]) -> None:
    house = open_house(key_rate=1)
    body = json.dumps({"batch": [call(messageId=str(n)) for n in range(30)], "writeKey": house.key}).encode()
    assert house.send(body, "/v1/batch", key="").status_code == 200
    refused = house.send(body, "/v1/batch", key="")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert int(refused.headers["retry-after"]) > 0


def test_who_did_it_where_and_with_what(house: House) -> None:
    event = only(
        house,
        call(
            anonymousId="d-1",
            userId=42,
            messageId="2F1A0C3E-5B7D-4ABC-8DEF-0123456789AB",
            context={
                "page": {
                    "url": "https://shop.example/p/1?token=s3cret",
                    "path": "/p/1",
                    "referrer": "https://a.example/x",
                },
                "campaign": {"name": "spring", "source": "newsletter", "medium": "email"},
                "userAgent": "Mozilla/5.0 own",
                "locale": "cs-CZ",
                "app": {"name": "Shop", "version": "1.4.2"},
                "os": {"name": "Linux"},
                "location": {"country": "CZ", "city": "Brno"},
                "groupId": "g-1",
                "library": {"name": "x"},
                "unknown": [1],
            },
        ),
    )
    assert (event.event_id, event.device_id, event.user_id) == (
        "2f1a0c3e-5b7d-4abc-8def-0123456789ab",
        "d-1",
        "42",
    )
    assert (event.host, event.path, event.referrer) == ("shop.example", "/p/1", "a.example")
    assert (event.campaign, event.channel, event.country, event.os) == ("spring", "email", "CZ", "Linux")
    assert (event.user_agent, event.release) == ("Mozilla/5.0 own", "1.4.2")
    assert json.loads(event.props) == {"locale": "cs-CZ", "group_id": "g-1"}
    assert (event.time, event.name) == (NOW, "Played")


def test_an_id_that_is_no_uuid_becomes_one_and_the_same_at_every_delivery(house: House) -> None:
    first = only(house, call(messageId="ajs-next-1780000000000-x"))
    assert UUID(first.event_id).version == 8
    again = batch(
        house, call(messageId="ajs-next-1780000000000-x"), call(messageId="ajs-next-1780000000000-y")
    )
    assert [error["reason"] for error in again.json()["errors"]] == ["duplicate"]
    assert len({event.event_id for event in house.events()}) == 2


def test_a_clients_clock_is_corrected_by_when_it_sent(house: House) -> None:
    slow = {"timestamp": "2026-05-28T19:26:30.000Z", "messageId": "1"}
    event = only(house, call(**slow), sentAt="2026-05-28T19:26:40.000Z")
    assert event.time == NOW - 10_000
    house.send(
        json.dumps(call(originalTimestamp="2026-05-28T19:26:00Z", sentAt="2026-05-28T19:26:40Z")).encode(),
        "/v1/t",
    )
    assert house.events()[-1].time == NOW - 40_000


def test_a_clients_own_session_is_a_visit_or_the_key_of_one(house: House) -> None:
    own = f"{NOW >> 16:08x}-{NOW & 0xFFFF:04x}-7abc-8def-0123456789ab"
    batch(house, call(context={"sessionId": own}), call(context={"sessionId": 1780000000}))
    assert [(event.session_id == own, event.session_key) for event in house.events()] == [
        (True, ""),
        (False, "1780000000"),
    ]


def test_a_refusal_of_analytics_is_honoured(house: House) -> None:
    consent = {"consent": {"categoryPreferences": {"Analytics": False, "Advertising": True}}}
    event = only(house, call(anonymousId="d", context=consent))
    assert (event.device_id, event.user_id) == ("", "")


def test_identify_keeps_traits_and_alias_both_ids(house: House) -> None:
    batch(
        house,
        call("identify", traits={"plan": "pro", "age": 40, "email": "ann@example.org"}, anonymousId="d"),
        call("alias", previousId="anon", userId="u"),
        call("identify", userId=None, anonymousId="d", traits={"theme": "dark"}),
        call("group", groupId=7, traits={"name": "ACME"}),
    )
    identify, alias, traits, group = house.events()
    assert (identify.type, identify.user_id, identify.device_id) == ("identify", "u", "d")
    assert json.loads(identify.props) == {"plan": "pro", "age": 40, "email": "[email]"}
    assert (alias.type, alias.user_id, json.loads(alias.props)) == ("identify", "u", {"previous_id": "anon"})
    assert (traits.type, traits.name, json.loads(traits.props)) == ("track", "Identify", {"theme": "dark"})
    assert (group.type, group.name, json.loads(group.props)) == (
        "track",
        "Group",
        {"group_id": "7", "name": "ACME"},
    )


def test_an_alias_from_an_address_keeps_it_as_the_id_that_it_is(house: House) -> None:
    event = only(house, call("alias", previousId="ann@example.org", properties={"note": "ann@example.org"}))
    assert json.loads(event.props) == {"previous_id": "ann@example.org", "note": "[email]"}


COMMERCE: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("Products Searched", {"query": "game", "results": 12}, {"type": "search", "value": 12.0}),
    (
        "Product Viewed",
        {"product_id": "p", "price": "18.99"},
        {"type": "product", "target": "p", "value": 18.99},
    ),
    ("viewed product", {"sku": "G-32"}, {"type": "product", "target": "G-32"}),
    ("Product Clicked", {"product_id": "p"}, {"type": "track", "target": "p", "step": "product"}),
    (
        "Product Added",
        {"product_id": 12, "price": 5, "cart_total": 45},
        {"type": "cart", "target": "12", "value": 45.0},
    ),
    ("Product Removed", {"product_id": "p"}, {"type": "cart", "name": "Product Removed", "step": "cart"}),
    (
        "Cart Viewed",
        {"products": [{"price": 19}, {"price": 3, "quantity": 2}]},
        {"type": "cart", "value": 25.0},
    ),
    (
        "Checkout Started",
        {"order_id": "o", "value": 30},
        {"type": "checkout", "value": 30.0, "order_id": "o"},
    ),
    ("Checkout Step Viewed", {"step": 2}, {"type": "track", "step": "checkout 2"}),
    ("Checkout Step Completed", {"step": 2}, {"type": "track", "step": "checkout 2"}),
    ("Payment Info Entered", {"step": 3}, {"type": "track", "step": "payment"}),
    (
        "Order Completed",
        {"order_id": "o", "total": 27.5, "revenue": 25, "currency": "usd"},
        {"type": "order", "order_id": "o", "revenue": 27.5, "currency": "USD", "step": "order"},
    ),
    (
        "Completed Order",
        {"order_id": "o", "revenue": 25},
        {"type": "order", "revenue": 25.0, "currency": "EUR"},
    ),
    (
        "Order Completed",
        {"orderId": 9, "products": [{"price": 4.5, "quantity": 2}]},
        {"order_id": "9", "revenue": 9.0},
    ),
    ("Order Updated", {"order_id": "o", "total": 27.5}, {"type": "track", "order_id": "o"}),
    ("Order Refunded", {"order_id": "o", "total": 30}, {"type": "refund", "order_id": "o", "revenue": 30.0}),
    (
        "Order Refunded",
        {"order_id": "o", "total": 0, "currency": "EUR"},
        {"type": "refund", "order_id": "o", "revenue": 0.0, "currency": "EUR"},
    ),
    (
        "Order Refunded",
        {"order_id": "o"},
        {"type": "refund", "order_id": "o", "revenue": 0.0, "currency": ""},
    ),
    (
        "Order Refunded",
        {"order_id": "o", "currency": "EUR"},
        {"type": "refund", "revenue": 0.0, "currency": ""},
    ),
    (
        "Order Refunded",
        {"order_id": "o", "products": [{"price": 4.5}]},
        {"type": "refund", "revenue": 4.5, "currency": "EUR"},
    ),
    ("Order Cancelled", {"order_id": "o", "total": 30}, {"type": "refund", "revenue": 30.0}),
    ("Coupon Applied", {"coupon_id": "may"}, {"type": "track", "step": "coupon", "name": "Coupon Applied"}),
    ("Product List Viewed", {"list_id": "new"}, {"type": "track", "step": "list"}),
    ("Wishlist Shared", {"value": 3}, {"type": "track", "step": "", "value": 3.0}),
]


@pytest.mark.parametrize(
    ("name", "properties", "expected"), COMMERCE, ids=[f"{c[0]} {list(c[1])}" for c in COMMERCE]
)
def test_the_e_commerce_spec_becomes_our_commerce_events(
    house: House, name: str, properties: dict[str, object], expected: dict[str, object]
) -> None:
    event = deal(house, name, **properties)
    assert {field: getattr(event, field) for field in expected} == expected


def test_a_sum_without_a_currency_is_in_that_of_its_site(house: House) -> None:
    Sites(house.control).change(Site(house.site, "Test", "CZK", "Europe/Prague"))
    house.restart()
    assert deal(house, "Order Completed", order_id="o", total=250).currency == "CZK"


@pytest.mark.parametrize("properties", [{"order_id": "o"}, {"total": 5}, {"order_id": "o", "total": "much"}])
def test_an_order_without_id_or_sum_is_dropped_under_its_reason(
    house: House, properties: dict[str, object]
) -> None:
    answer = batch(house, call(event="Order Completed", properties=properties), call())
    assert [error["reason"] for error in answer.json()["errors"]] == ["incomplete"]
    assert len(house.events()) == 1


def test_an_order_with_many_products_is_kept_with_as_many_as_fit(house: House) -> None:
    products = [{"product_id": f"p-{n}", "name": "x" * 50, "price": 1} for n in range(400)]
    event = deal(house, "Order Completed", order_id="o", products=products, coupon="may")
    assert (event.revenue, json.loads(event.props)["coupon"]) == (400, "may")


def test_empty_objects_written_as_arrays_are_empty_objects(house: House) -> None:
    event = only(house, call(properties=[], traits=[], context=[], integrations=[]))
    assert (event.name, event.props) == ("Played", "")


def test_a_context_that_is_none_costs_no_call(house: House) -> None:
    contexts = ('"x"', "7", '{"page":"x"}', '{"userAgent":7}', '{"app":{"version":{}}}', '{"campaign":[1]}')
    for context in contexts:
        assert batch(house, call(event=context, context=json.loads(context))).json()["success"] is True
    assert len(house.events()) == len(contexts)
    assert house.counted() == {"": len(contexts), "odd_field": 4}


def test_the_context_of_a_batch_stands_under_that_of_its_calls(house: House) -> None:
    shared = {"userAgent": "Mozilla/5.0 shared", "locale": "de"}
    batch(house, call(context={"locale": "cs"}), call(event="Other"), context=shared)
    assert [(e.user_agent, json.loads(e.props)["locale"]) for e in house.events()] == [
        ("Mozilla/5.0 shared", "cs"),
        ("Mozilla/5.0 shared", "de"),
    ]


@pytest.mark.parametrize(
    ("name", "told", "value", "counted"),
    [
        ("Product Viewed", {"price": "1,234"}, 0, 1),
        ("Product Added", {"cart_total": "$5", "currency": "EUR"}, 0, 1),
        ("Cart Viewed", {"total": "twelve"}, 0, 1),
        ("Product Viewed", {"price": "1,234.000"}, 1234, 0),
        ("Product Viewed", {"price": ""}, 0, 0),
        ("Cart Viewed", {"cart_total": "x", "total": 7}, 7, 0),
        ("Cart Viewed", {}, 0, 0),
    ],
)
def test_a_sum_that_cannot_be_read_is_no_value_stays_a_prop_and_is_counted(
    house: House, name: str, told: dict[str, object], value: float, counted: int
) -> None:
    batch(house, call(event=name, properties={"currency": "KWD", "sku": "s", **told}))
    [event] = house.events()
    assert event.value == value
    assert house.counted() == {"": 1} | ({"odd_field": 1} if counted else {})
    if counted:
        assert set(told.items()) <= json.loads(event.props).items()
