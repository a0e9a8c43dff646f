"""At every door that reads JSON: one wrong field loses neither its row nor a neighbour."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.conftest import NOW, House

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
Row = Mapping[str, Any]
Send = Callable[[House, Row], int]
ISO = "2026-05-28T20:26:39.000Z"
FRAMES = {"frames": [{"filename": "f", "lineno": 3}]}
SEGMENT: Row = {
    "type": "track", "event": "Order Completed", "messageId": "m", "anonymousId": "a", "userId": "u",
    "timestamp": ISO, "properties": {"order_id": "1", "total": 5, "currency": "EUR"},
    "context": {"page": {"url": "https://x.example/"}},
}  # fmt: skip
SENTRY: Row = {
    "event_id": "0" * 31 + "1", "timestamp": NOW / 1000, "level": "error", "platform": "go", "release": "a@1",
    "environment": "p", "transaction": "t", "message": "m", "logentry": {"message": "m"}, "tags": {},
    "user": {"id": "u"}, "exception": {"values": [{"type": "E", "value": "v", "stacktrace": FRAMES}]},
    "request": {"url": "https://x.example/", "headers": {}}, "contexts": {"trace": {"trace_id": "1" * 32}},
}  # fmt: skip
SPAN: Row = {
    "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "parentSpanId": "",
    "name": "GET /", "kind": 2, "startTimeUnixNano": str(NOW * 10**6),
    "endTimeUnixNano": str(NOW * 10**6 + 5), "attributes": [], "events": [], "status": {},
}  # fmt: skip
FARO: Row = {"name": "a", "timestamp": ISO, "domain": "d", "attributes": {"k": "v"}, "trace": {}}


def segment(house: House, call: Row) -> int:
    batch = {"batch": [call, {**SEGMENT, "messageId": "next"}]}
    return house.send(json.dumps(batch).encode(), "/v1/batch").status_code


def sentry(house: House, event: Row) -> int:
    lines: list[Row] = [{}]
    for told in (event, {**SENTRY, "event_id": "7" * 32}):
        lines += [{"type": "event"}, told]
    return house.send(b"\n".join(json.dumps(line).encode() for line in lines), "/api/1/envelope/").status_code


def traces(house: House, span: Row) -> int:
    spans: list[Row] = [span, {**SPAN, "spanId": "eee19b7ec3c1b175"}]
    body: Row = {"resourceSpans": [{"resource": None, "scopeSpans": [{"scope": None, "spans": spans}]}]}
    return house.send(json.dumps(body).encode(), "/v1/traces").status_code


def faro(house: House, event: Row) -> int:
    body: Row = {"meta": {}, "events": [event, {**FARO, "name": "next"}]}
    return house.send(json.dumps(body).encode(), "/collect").status_code


VITAL: dict[Send, set[str]] = {
    segment: {"type", "anonymousId", "userId"},
    sentry: set[str](),
    traces: {"traceId", "spanId", "startTimeUnixNano", "endTimeUnixNano"},
    faro: {"name"},
}
"""By the way to a door, the fields without which a row is none."""
ROWS: dict[Send, Row] = {segment: SEGMENT, sentry: SENTRY, traces: SPAN, faro: FARO}
OWN: dict[Send, Callable[[int], Row]] = {
    segment: lambda number: {"messageId": f"m{number}"},
    sentry: lambda number: {"event_id": f"{number:032x}"},
}
"""An id of its own for each row that is sent."""
CASES = [(send, name) for send, row in ROWS.items() for name in row]


@pytest.mark.parametrize(("send", "name"), CASES, ids=[f"{send.__name__}-{name}" for send, name in CASES])
def test_a_field_of_any_type_leaves_its_row_and_the_next(house: House, send: Send, name: str) -> None:
    odd: list[Any] = [None, True, 7, 7.5, "x", "", [], [1], {}, {"a": {"b": 1}}]
    for number, value in enumerate(odd):
        own: Row = OWN[send](number) if send in OWN else {}
        assert send(house, {**ROWS[send], **own, name: value}) < 300, value
    if name not in VITAL[send]:
        assert house.counted().keys() <= {"", "duplicate", "odd_field", "too_old", "incomplete"}


@pytest.mark.parametrize("send", [segment, sentry, traces, faro], ids=lambda send: send.__name__)
@given(data=st.data())
def test_no_value_of_any_kind_is_refused_whole(house: House, send: Send, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(ROWS[send])))
    assert send(house, {**ROWS[send], name: data.draw(JSON)}) < 300


def beneath_sentry(house: House, header: Row) -> int:
    return sent_to_sentry(house, header, {"type": "event"})


def beneath_sentrys_item(house: House, header: Row) -> int:
    return sent_to_sentry(house, {}, header)


def sent_to_sentry(house: House, *headers: Row) -> int:
    lines = [json.dumps(line).encode() for line in (*headers, SENTRY)]
    return house.send(b"\n".join(lines), "/api/1/envelope/").status_code


def beneath_faro(house: House, meta: Row) -> int:
    return house.send(json.dumps({"meta": meta, "events": [FARO]}).encode(), "/collect").status_code


def beneath_segment(house: House, head: Row) -> int:
    return house.send(json.dumps({**head, "batch": [SEGMENT]}).encode(), "/v1/batch").status_code


def beneath_events(house: House, head: Row) -> int:
    events = [house.event(id=None, time=NOW)]
    return house.send(json.dumps({**head, "events": events}).encode(), "/v1/events").status_code


def beneath_context(house: House, context: Row) -> int:
    return beneath_events(house, {"context": context})


def beneath_resource(house: House, group: Row) -> int:
    scope: Row = {"scope": group.get("scope"), "spans": [SPAN]}
    body: Row = {"resourceSpans": [{"resource": group.get("resource"), "scopeSpans": [scope]}]}
    return house.send(json.dumps(body).encode(), "/v1/traces").status_code


SHARED: dict[Send, Row] = {
    beneath_sentry: {"event_id": "0" * 32, "dsn": "http://k@h/1", "sent_at": ISO, "sdk": {"name": "s"}, "trace": {}},
    beneath_sentrys_item: {"type": "event", "length": None, "content_type": "application/json", "item_count": 1},
    beneath_faro: {
        "app": {"name": "a"}, "session": {"id": "s"}, "page": {"url": "https://x.example/"}, "view": {"name": "v"},
        "user": {"id": "u"}, "browser": {"userAgent": "x"}, "k6": {"isK6Browser": False}, "sdk": {},
    },
    beneath_segment: {"context": {}, "sentAt": ISO, "writeKey": "k", "integrations": {}},
    beneath_events: {"context": {}, "sent_at": NOW},
    beneath_context: {"session_key": "s", "device_id": "d", "url": "https://x.example/", "tags": {}, "release": "1"},
    beneath_resource: {"resource": {"attributes": []}, "scope": {"name": "s"}},
}  # fmt: skip
HEADS = [(send, name) for send, row in SHARED.items() for name in row]
ODD: list[Any] = [
    None,
    True,
    7,
    7.5,
    "x",
    "",
    "\ud83d",
    [],
    [1],
    {},
    {"id": 7},
    {"id": []},
    {"name": [1]},
    {"a": {"b": 1}},
]


@pytest.mark.parametrize(("send", "name"), HEADS, ids=[f"{send.__name__}-{name}" for send, name in HEADS])
def test_a_field_of_any_type_of_what_rows_share_loses_none_of_them(
    house: House, send: Send, name: str
) -> None:
    for value in ODD:
        if name != "length" or value in (None, True) or not isinstance(value, int | float):
            assert send(house, {**SHARED[send], name: value}) < 300, value
    assert house.counted().keys() <= {"", "duplicate", "odd_field", *({"not_kept"} if name == "type" else ())}


@pytest.mark.parametrize("send", SHARED, ids=lambda send: send.__name__)
@given(data=st.data())
def test_nothing_that_rows_share_refuses_them_whole(house: House, send: Send, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SHARED[send])))
    assert send(house, {**SHARED[send], name: data.draw(JSON)}) < 300


@pytest.mark.parametrize(
    ("send", "head"),
    [
        (beneath_faro, {"session": {"id": []}}), (beneath_context, {"tags": 7}), (beneath_events, {"context": [1]}),
        (beneath_segment, {"context": {"userAgent": []}}), (beneath_resource, {"resource": 7}),
    ],
)  # fmt: skip
def test_what_rows_share_and_cannot_be_read_is_counted_of_each(house: House, send: Send, head: Row) -> None:
    send(house, {**SHARED[send], **head})
    assert house.counted() == {"": 1, "odd_field": 1}


@pytest.mark.parametrize("parent", ["", "0" * 16, None])
def test_a_span_whose_parent_is_written_as_zeros_is_a_root(house: House, parent: str | None) -> None:
    traces(house, {**SPAN, "parentSpanId": parent})
    assert [span.parent_span_id for span in house.spans()] == ["", ""]
    assert house.counted() == {"": 2}


def test_a_parents_id_that_is_none_is_left_out_of_its_span_and_counted(house: House) -> None:
    traces(house, {**SPAN, "parentSpanId": "7"})
    assert [span.parent_span_id for span in house.spans()] == ["", ""]
    assert house.counted() == {"": 2, "odd_field": 1}


def test_what_sdks_for_go_and_old_servers_send_to_sentry_is_read(house: House) -> None:
    frames = {"frames": [{"filename": "f", "lineno": "3"}]}
    bare: Row = {**SENTRY, "exception": [{"type": "E", "value": "v", "stacktrace": frames}]}
    text: Row = {"event_id": "2" * 32, "timestamp": NOW / 1000, "logentry": "said", "level": "error"}
    more: Row = {**text, "tags": [], "contexts": [], "request": []}
    for event in (bare, more):
        assert sentry(house, event) == 200
    found = house.events()
    assert {"v", "said"} <= {event.message for event in found}
    assert {event.source for event in found if event.name == "E"} == {"f:3"}
    assert "odd_field" not in house.counted()


def test_traces_by_the_names_of_the_protocols_own_files_are_read(house: House) -> None:
    span = {
        "trace_id": SPAN["traceId"], "span_id": SPAN["spanId"], "parent_span_id": None, "name": "GET /",
        "kind": 2, "start_time_unix_nano": SPAN["startTimeUnixNano"],
        "end_time_unix_nano": SPAN["endTimeUnixNano"],
        "attributes": [{"key": "http.response.status_code", "value": {"int_value": 500}}],
    }  # fmt: skip
    body: Row = {"resource_spans": [{"resource": {"attributes": []}, "scope_spans": [{"spans": [span]}]}]}
    assert house.send(json.dumps(body).encode(), "/v1/traces").status_code == 200
    (kept,) = house.spans()
    assert (kept.name, kept.http_status) == ("GET /", 500)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"intValue": "503"}, 503), ({"stringValue": "503"}, 503), ({"boolValue": True}, 0), ({"boolValue": False}, 0),
        ({"doubleValue": 503.5}, 0), ({"stringValue": "OK"}, 0), ({"intValue": "-1"}, 0), ({"intValue": "99999"}, 0),
        ({"arrayValue": {"values": [{"intValue": "503"}]}}, 0), ({"kvlistValue": {"values": []}}, 0), ({}, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["http.response.status_code", "http.status_code"])
def test_a_status_is_written_as_the_number_that_the_store_takes(
    house: House, kind: str, told: Row, status: int
) -> None:
    """A boolean is an int to Python, and `true` in the spool: the store would refuse the block that it is in."""
    traces(house, {**SPAN, "attributes": [{"key": kind, "value": told}]})
    assert status in [span.http_status for span in house.spans()]


@pytest.mark.parametrize("years", [1, 230])
def test_a_span_that_ends_ahead_of_our_clock_is_refused(house: House, years: int) -> None:
    traces(house, {**SPAN, "endTimeUnixNano": str((NOW + years * 365 * 86_400_000) * 10**6)})
    assert [span.duration_ns < 10**9 for span in house.spans()] == [True]
    assert house.counted()["future"] == 1


@pytest.mark.parametrize("early", [1, 1_000, 1_000_000])
def test_a_span_that_ends_just_before_it_starts_took_no_time(house: House, early: int) -> None:
    traces(house, {**SPAN, "endTimeUnixNano": str(NOW * 10**6 - early)})
    assert sorted(span.duration_ns for span in house.spans()) == [0, 5]


def test_sums_of_segments_calls_are_read_as_people_write_them(house: House) -> None:
    for number, total in enumerate(["1,299.00", "1.299,00", "1 299,00 €", 1299]):
        properties = {"order_id": number, "total": total, "currency": "eur"}
        told = {**SEGMENT, "messageId": str(number), "properties": properties}
        house.send(msgspec.json.encode({"batch": [told]}), "/v1/batch")
    assert {(event.revenue, event.currency) for event in house.events()} == {(1299.0, "EUR")}


UNCLEAR = (
    "which in a currency of three decimals may be two sums; send a number, or a text with a decimal point."
)


def test_a_sum_that_may_be_two_is_refused_with_what_to_send_and_loses_no_event_that_needs_none(
    house: House,
) -> None:
    order = {"type": "order", "order_id": "1", "revenue": "1,234", "currency": "kwd"}
    more = [order | {"order_id": "2", "revenue": "1,234.000"}, order | {"order_id": "3", "currency": "EUR"}]
    answer = house.send(
        msgspec.json.encode([order, *more, order | {"type": "track", "name": "gift"}]), "/v1/events"
    )
    assert UNCLEAR in answer.text
    assert house.counted()["wrong_type"] == 1
    assert [(event.type, event.revenue) for event in house.events()] == [
        ("order", 1234),
        ("order", 1234),
        ("track", 0),
    ]


def test_a_total_of_segments_calls_that_may_be_two_is_not_another_of_its_sums(house: House) -> None:
    order = {"order_id": "1", "total": "1,234", "subtotal": 1100, "currency": "TND"}
    for number, (event, properties) in enumerate(
        [
            ("Order Completed", order),
            ("Cart Viewed", order),
            ("Product Viewed", {"price": "9,500", "currency": "TND"}),
        ]
    ):
        told = {**SEGMENT, "messageId": str(number), "event": event, "properties": properties}
        house.send(msgspec.json.encode({"batch": [told]}), "/v1/batch")
    assert house.counted()["wrong_type"] == 1
    assert [(event.type, event.revenue, event.value) for event in house.events()] == [
        ("cart", 0, 0),
        ("product", 0, 0),
    ]
