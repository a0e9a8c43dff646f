"""`POST /collect` by a recorded payload of Grafana Faro's web SDK, and by hostile ones."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.collect.conftest import NOW, House

from afterclick.signals import NO_ID, Event

PAYLOAD = (Path(__file__).parents[1] / "payloads" / "faro.json").read_bytes()
TIME = NOW - 1000


def payload(**parts: object) -> bytes:
    """A payload of one session with these signals."""
    return json.dumps({"meta": {"session": {"id": "tFPo8j42o4"}}} | parts).encode()


def named(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "timestamp": "2026-05-28T20:26:39.000Z"} | more


def only(house: House) -> Event:
    (event,) = house.events()
    return event


def test_each_signal_becomes_the_event_that_docs_collect_names(house: House) -> None:
    answer = house.send(PAYLOAD, "/collect")
    assert (answer.status_code, answer.json()["accepted"]) == (202, 8)
    kept = house.events()
    events = {(event.type, event.name): event for event in kept}
    assert [(e.type, e.name, e.step) for e in kept] == [
        ("page_view", "", "product"),
        ("resource", "img", "product"),
        ("request", "fetch", "product"),
        ("page_view", "", "cart"),
        ("error", "TypeError", "product"),
        ("vital", "LCP", "product"),
        ("track", "log", "product"),
    ]
    view = kept[0]
    assert (view.host, view.path, view.campaign, view.time) == (
        "shop.example",
        "/product/p-12",
        "spring",
        TIME,
    )
    assert (view.session_key, view.user_id, view.release, view.tags) == (
        "tFPo8j42o4",
        "u1",
        "1.4.2",
        ["environment=production"],
    )
    assert "Chrome/140" in view.user_agent
    resource = events["resource", "img"]
    assert (resource.source, resource.duration_ms, resource.status) == (
        "https://cdn.example/hero.jpg",
        1900,
        200,
    )
    request = events["request", "fetch"]
    assert (request.method, request.target, request.status) == ("POST", "api.example/cart/:id", 503)
    assert (request.time, request.duration_ms) == (TIME + 250, 250)
    assert request.trace_id == "9ce5c33f6b6032644d65ff9a2bb58675"
    error = events["error", "TypeError"]
    assert (error.message, error.source) == ("no cart for [email]", "/app.js:12")
    assert json.loads(error.props) == {"cause": "Error: 503", "function": "addToCart"}
    vital = events["vital", "LCP"]
    assert (vital.value, vital.target, vital.source) == (
        2600.5,
        "main > img.hero",
        "https://cdn.example/hero.jpg",
    )
    assert (events["track", "log"].message, events["track", "log"].props) == ("careful", '{"level":"warn"}')
    assert {event.page_view_id for event in kept} == {NO_ID}
    (span,) = house.spans()
    assert (span.service, span.kind, span.status, span.http_status) == ("shop", "client", "error", 503)
    assert span.trace_id == request.trace_id
    assert "Ann" not in repr(kept) + repr(span)
    assert house.counted() == {"": 8, "not_kept": 1}


def test_the_key_comes_in_the_path_or_its_header_or_as_at_every_door(house: House) -> None:
    body = payload(events=[named("added")])
    assert house.send(body, f"/collect/{house.key}", key="").status_code == 202
    assert house.send(body, "/collect", key="", x_api_key=house.key).status_code == 202
    assert house.send(body, "/collect").status_code == 202
    assert house.send(body, "/collect", key="").status_code == 401
    assert house.send(body, "/collect/ac_wrong").status_code == 401
    assert house.send(body, "/collect/a/b").status_code == 404


def test_the_same_delivery_tried_again_counts_once(house: House) -> None:
    body = payload(events=[named("added"), named("added")])
    for _ in range(2):
        assert house.send(body, "/collect", idempotency_key="7k0S9oP0rzDwEnjgFYaP").status_code == 202
    assert len({event.event_id for event in house.events()}) == 2


def test_another_origin_may_send_the_sdks_headers_and_read_the_session_status(house: House) -> None:
    asked = {
        "origin": "https://shop.example",
        "access_control_request_headers": "content-type,x-faro-session-id",
    }
    allowed = house.send(b"", "/collect", "OPTIONS", key="", **asked).headers
    assert (allowed["access-control-allow-origin"], allowed["access-control-allow-headers"][0]) == ("*", "*")
    answer = house.send(payload(), "/collect")
    assert "X-Faro-Session-Status" in answer.headers["access-control-expose-headers"]
    assert "x-faro-session-status" not in answer.headers


@pytest.mark.parametrize(
    ("session", "counted"),
    [
        ("0049d413-b800-7000-8000-000000000000", {"": 1}),
        ("x" * 257, {"bad_session": 1}),
    ],
)
def test_a_session_that_cannot_be_is_refused_so_that_the_sdk_begins_another(
    house: House, session: str, counted: dict[str, int]
) -> None:
    answer = house.send(payload(meta={"session": {"id": session}}, events=[named("added")]), "/collect")
    assert (answer.status_code, answer.headers["x-faro-session-status"]) == (202, "invalid")
    assert house.counted() == counted


def test_a_session_or_page_id_that_is_a_uuid_is_taken_as_it_is(house: House) -> None:
    session = f"{NOW:012x}"[:8] + "-" + f"{NOW:012x}"[8:] + "-7000-8000-000000000001"
    page = "11111111-1111-4111-8111-111111111111"
    meta = {"session": {"id": session}, "page": {"id": page, "url": "https://shop.example/"}}
    house.send(payload(meta=meta, events=[named("added")]), "/collect")
    event = only(house)
    assert (event.session_id, event.session_key, event.page_view_id) == (session, "", page)


def test_a_page_id_of_another_form_is_one_page_view(house: House) -> None:
    meta = {"session": {"id": "tFPo8j42o4"}, "page": {"id": "home-1", "url": "https://shop.example/"}}
    house.send(payload(meta=meta, events=[named("first"), named("second")]), "/collect")
    (page,) = {event.page_view_id for event in house.events()}
    assert page != NO_ID


def test_without_sessions_the_navigation_timing_is_the_page_view(house: House) -> None:
    timing = named(
        "faro.performance.navigation", attributes={"name": "https://shop.example/", "duration": "480"}
    )
    house.send(payload(meta={}, events=[timing]), "/collect")
    event = only(house)
    assert (event.type, event.host, event.path) == ("page_view", "shop.example", "/")


def test_a_navigation_within_the_page_is_a_page_view_where_views_have_no_names(house: House) -> None:
    soft = named("faro.navigation", attributes={"toUrl": "https://shop.example/cart", "duration": 90})
    page = {"url": "https://shop.example/cart"}
    session = {"id": "tFPo8j42o4"}
    house.send(payload(meta={"session": session, "page": page}, events=[soft]), "/collect")
    house.send(
        payload(meta={"session": session, "page": page, "view": {"name": "cart"}}, events=[soft]), "/collect"
    )
    assert [(event.type, event.path) for event in house.events()] == [
        ("page_view", "/cart"),
        ("track", "/cart"),
    ]


@pytest.mark.parametrize(
    "odd",
    [{"attributes": [1]}, {"timestamp": "yesterday"}, {"trace": {"trace_id": "xyz"}}, {"trace": 5}],
)
def test_a_signal_with_an_odd_field_is_kept_without_it(house: House, odd: dict[str, object]) -> None:
    answer = house.send(payload(events=[{**named("odd"), **odd}]), "/collect")
    assert (answer.json()["accepted"], answer.json()["dropped"]) == (1, 0)
    assert house.counted() == {"": 1, "odd_field": 1}


@pytest.mark.parametrize(
    ("reason", "bad"),
    [
        ("wrong_type", 1),
        ("too_old", {"name": "a", "timestamp": "1980-01-01T00:00:00Z"}),
    ],
)
def test_a_bad_signal_is_refused_and_its_neighbours_are_kept(house: House, reason: str, bad: object) -> None:
    answer = house.send(payload(events=[named("before"), bad, named("after")]), "/collect")
    assert (answer.json()["accepted"], answer.json()["dropped"]) == (2, 1)
    assert [event.name for event in house.events()] == ["before", "after"]
    assert house.counted() == {"": 2, reason: 1}


@pytest.mark.parametrize(
    "traces", [1, [], {"resourceSpans": 1}, {"resourceSpans": [{"scopeSpans": [{"spans": [1]}]}]}]
)
def test_bad_traces_cost_no_event(house: House, traces: object) -> None:
    answer = house.send(payload(events=[named("added")], traces=traces), "/collect")
    assert (answer.status_code, answer.json()["accepted"], answer.json()["dropped"]) == (202, 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"events":[{"name":"\\ud800"}',
        b'{"meta":' + b"[" * 50_000,
        b'{"events":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
)
def test_a_body_that_is_no_payload_is_400(house: House, body: bytes) -> None:
    answer = house.send(body, "/collect")
    assert (answer.status_code, answer.json()["error"][-1]) == (400, ".")
    assert house.events() == []


def test_deep_and_endless_attributes_are_cut_to_what_fits(house: House) -> None:
    deep: dict[str, Any] = {"a": "x"}
    for _ in range(100):
        deep = {"a": deep}
    attributes = {"deep": deep, "list": [1, {"b": 2}], "big": 10**30, "mail": "ann@example.org"}
    attributes |= {f"n{number}": "y" * 1000 for number in range(100)}
    assert house.send(payload(events=[named("added", attributes=attributes)]), "/collect").status_code == 202
    sent = only(house).props
    props = json.loads(sent)
    assert (props["list"], props["mail"]) == ('[1,{"b":2}]', "[email]")
    assert len(sent) < 8192


def test_more_signals_than_a_request_may_hold_are_refused(house: House) -> None:
    body = gzip.compress(payload(events=[1] * 10_001))
    assert house.send(body, "/collect", content_encoding="gzip").status_code == 413


def test_a_key_that_sends_too_fast_is_told_when_to_come_again(open_house: Callable[..., House]) -> None:
    house = open_house(key_rate=1)
    house.send(payload(events=[named(str(number)) for number in range(20)]), "/collect")
    answer = house.send(payload(events=[named("late")]), "/collect")
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)
    assert "Retry-After" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("group", ["events", "exceptions", "measurements", "logs"])
def test_a_group_that_is_no_list_is_counted_as_lost_unless_it_is_empty(house: House, group: str) -> None:
    empty: list[object] = [{}, [], None]
    for none in empty:
        assert house.send(payload(**{group: none}), "/collect").status_code == 202
    assert house.counted() == {}
    neighbour = {
        "logs" if group == "events" else "events": [{**named("added"), "message": "x", "level": "info"}]
    }
    answer = house.send(payload(**{group: {"a": named("lost")}}, **neighbour), "/collect").json()
    assert (answer["accepted"], answer["reasons"]) == (1, {"wrong_type": 1})
    assert house.counted() == {"": 1, "wrong_type": 1}
