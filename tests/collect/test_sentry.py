"""`POST /api/PROJECT/envelope/` by the real sentry-sdk, by the forms that its clients send, and by hostile ones."""

import gzip
import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.collect.conftest import NOW, House, Process, until

from afterclick.signals import Event, Span
from afterclick.store.spool.batch import Kind
from afterclick.store.spool.outlet import Outlet

APP = Path(__file__).parents[1] / "clients" / "sentry_app.py"
PATH = "/api/1/envelope/"
TRACE = "a5b625d567c04ec6a4641537f224b93a"
SECONDS = NOW / 1000 - 10
STREAMED = "application/vnd.sentry.items.span.v2+json"

Item = tuple[dict[str, Any], Any]
_EVENTS = msgspec.json.Decoder(Event)
_SPANS = msgspec.json.Decoder(Span)
NOTHING: Item = ({"type": "session"}, {"sid": "1"})


def envelope(*items: Item, **header: object) -> bytes:
    """An envelope of items, each its headers and its payload; `length` is given when the headers say 0."""
    lines = [json.dumps(header).encode()]
    for headers, payload in items:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        told = headers | ({"length": len(body)} if headers.get("length") == 0 else {})
        lines += [json.dumps(told).encode(), body]
    return b"\n".join(lines)


def error(**more: object) -> dict[str, object]:
    """An event of a browser with one exception."""
    return {
        "event_id": "65c29cb816764386b207fc6657e57686",
        "timestamp": SECONDS,
        "platform": "javascript",
        "level": "error",
        "exception": {"values": [{"type": "TypeError", "value": "no cart"}]},
        "contexts": {"trace": {"trace_id": TRACE, "span_id": "bdcd4603f24236bb"}},
    } | more


def span(**more: object) -> dict[str, object]:
    """A span of a transaction."""
    return {
        "trace_id": TRACE,
        "span_id": "8dd27cdd6e8e3af9",
        "parent_span_id": "9fb8c613a8f9da25",
        "op": "http.client",
        "description": "POST http://acquirer/authorize?token=secret",
        "start_timestamp": SECONDS,
        "timestamp": SECONDS + 0.25,
    } | more


def transaction(*spans: object, **more: object) -> dict[str, object]:
    """A transaction of a server."""
    trace = {"trace_id": TRACE, "span_id": "9fb8c613a8f9da25", "op": "http.server", "status": "ok"}
    return {
        "type": "transaction",
        "transaction": "POST /checkout",
        "platform": "python",
        "release": "checkout@1.4.2",
        "start_timestamp": SECONDS,
        "timestamp": SECONDS + 0.5,
        "contexts": {"trace": trace},
        "spans": list(spans),
    } | more


def only(house: House) -> Event:
    (event,) = house.events()
    return event


def test_the_real_python_sdk_delivers_its_error_its_message_and_its_trace(process: Process) -> None:
    process.start()
    dsn = f"{process.url.replace('://', f'://{process.key}@')}/1"
    subprocess.run([sys.executable, str(APP), dsn], check=True, timeout=60)
    events: list[Event] = []
    spans: list[Span] = []
    read: dict[Kind, int] = {}

    def came() -> bool:
        outlet = Outlet(process.settings.spool)
        if group := outlet.take("events", read.get("events", 0), 1 << 40):
            read["events"] = group.last
            events.extend(one for body in group.bodies for one in _EVENTS.decode_lines(body))
        if group := outlet.take("spans", read.get("spans", 0), 1 << 40):
            read["spans"] = group.last
            spans.extend(one for body in group.bodies for one in _SPANS.decode_lines(body))
        outlet.close()
        return len(events) == 2 and len(spans) == 2

    until(came, 20, "the error, the message and both spans are kept")
    told = {event.type: event for event in events}
    assert (told["error"].name, told["error"].message) == ("ValueError", "no answer for [email]")
    assert (told["error"].source, told["error"].user_id, told["error"].release) == (
        "sentry_app.py:12",
        "u1",
        "1.4.2",
    )
    assert told["error"].tags == ["card=visa", "environment=test"]
    assert (told["track"].name, told["track"].message) == ("message", "stock is low")
    server, client = sorted(spans, key=lambda span: span.kind, reverse=True)
    assert (server.service, server.release, server.name, server.kind) == (
        "checkout",
        "1.4.2",
        "POST /checkout",
        "server",
    )
    assert (client.kind, client.status, client.status_message) == ("client", "error", "internal_error")
    assert (client.http_status, client.trace_id, client.parent_span_id) == (
        503,
        server.trace_id,
        server.span_id,
    )
    assert told["error"].trace_id == server.trace_id
    assert not [word for word in ("ann@", "'ann'") if word in repr(events) + repr(spans)]


def test_an_error_keeps_what_was_thrown_last_and_the_innermost_frame_of_the_application(house: House) -> None:
    frames = [
        {"filename": "https://shop.example/app.js?v=3", "lineno": 40, "in_app": True},
        {"filename": "https://shop.example/app.js?v=3", "lineno": 12, "in_app": True},
        {"filename": "https://cdn.example/library.js", "lineno": 7, "in_app": False},
    ]
    thrown = {"type": "TypeError", "value": "no cart for ann@example.org", "stacktrace": {"frames": frames}}
    told = error(
        exception={"values": [{"type": "Error", "value": "503"}, thrown | {"mechanism": {"handled": False}}]},
        request={
            "url": "https://shop.example/cart?token=secret",
            "headers": [["User-Agent", "Mozilla/5.0 (Test)"]],
        },
        tags=[["card", "visa"], ["half"]],
        user={"id": 7, "email": "ann@example.org"},
        release="shop@1.4.2",
        environment="production",
        breadcrumbs=[{"message": "ann@example.org"}],
        extra={"address": "ann@example.org"},
    )
    answer = house.send(envelope(({"type": "event"}, told), event_id="1"), PATH)
    assert (answer.status_code, answer.json()) == (200, {"id": "1"})
    event = only(house)
    assert (event.event_id, event.time) == ("65c29cb8-1676-4386-b207-fc6657e57686", int(SECONDS * 1000))
    assert (event.type, event.name, event.message) == ("error", "TypeError", "no cart for [email]")
    assert (event.source, event.host, event.path) == ("/app.js:12", "shop.example", "/cart")
    assert (event.user_id, event.release, event.user_agent) == ("7", "1.4.2", "Mozilla/5.0 (Test)")
    assert event.tags == ["card=visa", "environment=production"]
    assert json.loads(event.props) == {
        "handled": False,
        "level": "error",
        "platform": "javascript",
        "causes": "Error: 503",
        "stack": "at https://cdn.example/library.js:7\nat https://shop.example/app.js:12\nat https://shop.example/app.js:40",
    }
    assert (event.trace_id, event.session_key) == (TRACE, TRACE)


@pytest.mark.parametrize(
    ("told", "type_", "name", "message"),
    [
        ({"message": "hi", "level": "info"}, "track", "message", "hi"),
        ({"message": "hi", "level": "fatal"}, "error", "message", "hi"),
        (
            {"logentry": {"message": "a %s", "formatted": "a b"}, "level": "warning"},
            "track",
            "message",
            "a b",
        ),
        (
            {"exception": {"values": [{"value": "hi"}]}, "message": "hi", "level": "info"},
            "track",
            "message",
            "hi",
        ),
        ({"exception": {"values": [None, {"type": "E", "value": 5}]}, "level": "warning"}, "error", "E", "5"),
        ({"exception": {"values": []}, "message": None}, "track", "message", ""),
    ],
)
def test_a_message_is_an_error_by_its_level_alone(
    house: House, told: dict[str, object], type_: str, name: str, message: str
) -> None:
    house.send(envelope(({"type": "event"}, {"timestamp": SECONDS} | told)), PATH)
    event = only(house)
    assert (event.type, event.name, event.message) == (type_, name, message)


def test_a_transaction_becomes_its_spans(house: House) -> None:
    data = {
        "http.response.status_code": 503,
        "url": "http://acquirer/authorize?token=secret",
        "http.query": "token=secret",
    }
    told = transaction(
        span(status="internal_error", data=data), span(span_id="8dd27cdd6e8e3af8", op="db.query")
    )
    house.send(envelope(({"type": "transaction"}, told)), PATH)
    root, client, query = house.spans()
    assert (root.service, root.release, root.kind, root.status) == ("checkout", "1.4.2", "server", "ok")
    assert (root.duration_ns, root.parent_span_id) == (500_000_000, "")
    assert (client.kind, client.status, client.status_message, client.http_status) == (
        "client",
        "error",
        "internal_error",
        503,
    )
    assert (client.duration_ns, client.parent_span_id) == (250_000_000, root.span_id)
    assert query.kind == "client"
    assert house.events() == []
    assert "secret" not in client.name + client.attributes


def test_a_pageload_becomes_a_page_view_with_its_vitals(house: House) -> None:
    trace = {
        "trace_id": TRACE,
        "span_id": "9fb8c613a8f9da25",
        "op": "pageload",
        "data": {"lcp.element": "h1#title"},
    }
    vitals = {
        "lcp": {"value": 2.6, "unit": "second"},
        "ttfb": {"value": 23},
        "connection.rtt": {"value": 100},
    }
    slow = span(op="resource.img", description="https://cdn.example/hero.jpg?w=2", timestamp=SECONDS + 1.5)
    quick = span(span_id="8dd27cdd6e8e3af8", op="resource.script", description="/app.js")
    told = transaction(
        slow,
        quick,
        platform="javascript",
        transaction="/product/:id",
        transaction_info={"source": "route"},
        request={"url": "https://shop.example/product/12"},
        contexts={"trace": trace},
        measurements=vitals,
    )
    house.send(envelope(({"type": "transaction"}, told)), PATH)
    events = {(event.type, event.name): event for event in house.events()}
    assert events.keys() == {("page_view", ""), ("vital", "LCP"), ("vital", "TTFB"), ("resource", "img")}
    view = events["page_view", ""]
    assert (view.host, view.path, view.route) == ("shop.example", "/product/12", "/product/:id")
    assert (events["vital", "LCP"].value, events["vital", "LCP"].target) == (2600, "h1#title")
    resource = events["resource", "img"]
    assert (resource.source, resource.duration_ms) == ("https://cdn.example/hero.jpg", 1500)
    assert {event.page_view_id for event in events.values()} == {view.page_view_id}
    assert len(house.spans()) == 3


def test_spans_of_a_container_tell_by_themselves_who_sent_them(house: House) -> None:
    attributes = {
        "sentry.op": {"value": "ui.webvital.cls", "type": "string"},
        "sentry.release": {"value": "shop@1.4.2", "type": "string"},
        "sentry.environment": {"value": "production", "type": "string"},
        "browser.web_vital.cls.value": {"value": 0.3, "type": "double"},
        "browser.web_vital.cls.source.1": {"value": "div.banner", "type": "string"},
        "user.id": {"value": "u1", "type": "string"},
        "user.email": {"value": "ann@example.org", "type": "string"},
    }
    one = {
        "trace_id": TRACE,
        "span_id": "bce9f7ea68c72150",
        "name": "Layout shift",
        "status": "ok",
        "start_timestamp": SECONDS,
        "end_timestamp": SECONDS,
        "attributes": attributes,
    }
    bad = 5
    item = ({"type": "span", "item_count": 2, "content_type": STREAMED}, {"version": 2, "items": [bad, one]})
    house.send(envelope(item), PATH)
    event = only(house)
    assert (event.type, event.name, event.value, event.target) == ("vital", "CLS", 0.3, "div.banner")
    assert (event.user_id, event.release, event.tags) == ("u1", "1.4.2", ["environment=production"])
    (kept,) = house.spans()
    assert (kept.service, kept.name) == ("shop", "Layout shift")
    assert "ann@" not in kept.attributes
    assert house.counted() == {"": 2, "wrong_type": 1}


def test_feedback_of_both_forms_keeps_the_words_and_not_the_writer(house: House) -> None:
    words = "too slow, write to ann@example.org"
    asked = {"message": words, "name": "Ann", "contact_email": "ann@example.org"}
    told = {"timestamp": SECONDS, "contexts": {"feedback": asked}, "user": {"id": "u1"}}
    report = {"event_id": "1", "name": "Ann", "email": "ann@example.org", "comments": words}
    house.send(envelope(({"type": "feedback"}, told), ({"type": "user_report"}, report)), PATH)
    events = house.events()
    assert [(e.type, e.name, e.message) for e in events] == [
        ("track", "feedback", "too slow, write to [email]")
    ] * 2
    assert "Ann" not in repr(events)


def test_items_of_other_kinds_are_passed_over_by_their_length_and_counted(house: House) -> None:
    items: list[Item] = [
        ({"type": "attachment", "length": 0}, b'a\n{"type":"event"}\n{}\n'),
        NOTHING,
        ({"type": "log", "item_count": 7}, {"items": []}),
        (
            {"type": "client_report"},
            {"discarded_events": [{"reason": "sample_rate", "quantity": 5}, {"quantity": -1}]},
        ),
        ({"type": "event", "length": 0}, error()),
    ]
    assert house.send(envelope(*items), PATH).status_code == 200
    assert only(house).name == "TypeError"
    assert house.counted() == {"": 1, "not_kept": 9, "client_discarded": 5}


def test_the_key_comes_in_the_header_the_query_or_the_dsn_of_the_envelope(house: House) -> None:
    body = envelope(({"type": "event"}, error()))
    header = f"Sentry sentry_version=7, sentry_key={house.key}, sentry_client=test/1"
    assert house.send(body, PATH, key="", x_sentry_auth=header).status_code == 200
    assert house.send(body, f"{PATH}?sentry_version=7&sentry_key={house.key}", key="").status_code == 200
    told = envelope(({"type": "event"}, error()), dsn=f"https://{house.key}@o1.example/1")
    assert house.send(told, "/api/1/envelope", key="").status_code == 200
    assert house.send(body, PATH, key="").status_code == 401
    assert house.send(b"", PATH, key="").status_code == 401
    assert house.send(envelope(dsn="http://[broken"), PATH, key="").status_code == 401
    assert house.send(body, PATH, key="", x_sentry_auth="Sentry sentry_key=ac_wrong").status_code == 401
    assert {event.event_id for event in house.events()} == {"65c29cb8-1676-4386-b207-fc6657e57686"}


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_compressed_envelopes_are_read(
    house: House, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    body = compress(envelope(({"type": "event"}, error())))
    assert house.send(body, PATH, content_encoding=encoding).status_code == 200
    assert only(house).name == "TypeError"


def test_a_clock_that_is_off_is_corrected_by_when_the_envelope_was_sent(house: House) -> None:
    hour = 3600
    sent = "2026-05-28T19:26:40.000Z"  # an hour before NOW
    house.send(envelope(({"type": "event"}, error(timestamp=SECONDS - hour)), sent_at=sent), PATH)
    assert only(house).time == int(SECONDS * 1000)


@pytest.mark.parametrize(
    ("reason", "item"),
    [
        ("wrong_type", ({"type": "event"}, b"[]")),
        ("malformed", ({"type": "event"}, b'{"message":' + b"[" * 50_000)),
        ("malformed", ({"type": "event"}, b"")),
        ("bad_time", ({"type": "transaction"}, transaction(start_timestamp="soon"))),
        ("bad_time", ({"type": "transaction"}, transaction(start_timestamp=1e300))),
        ("bad_time", ({"type": "transaction"}, transaction(timestamp=None))),
        ("bad_id", ({"type": "transaction"}, transaction(contexts={}))),
        ("not_kept", ({"type": "x" * 1000}, b"")),
    ],
)
def test_a_bad_item_is_refused_and_its_neighbours_are_kept(house: House, reason: str, item: Item) -> None:
    body = envelope(({"type": "event"}, error()), item, ({"type": "event"}, error(event_id="7" * 32)))
    assert house.send(body, PATH).status_code == 200
    assert len(house.events()) == 2
    assert house.counted() == {"": 2, reason: 1}


def test_a_bad_span_is_refused_and_its_neighbours_are_kept(house: House) -> None:
    told = transaction(span(span_id=1), span(), span(timestamp="soon"), 5)
    house.send(envelope(({"type": "transaction"}, told)), PATH)
    assert len(house.spans()) == 2
    assert house.counted() == {"": 2, "bad_id": 1, "wrong_type": 1, "bad_time": 1}


@pytest.mark.parametrize("length", [-1, 10**9])
def test_what_follows_a_length_that_cannot_be_is_not_guessed_at(house: House, length: object) -> None:
    body = envelope(
        ({"type": "event"}, error()), ({"type": "event", "length": length}, error(event_id="7" * 32))
    )
    assert house.send(body, PATH).status_code == 200
    assert only(house).event_id.startswith("65c29cb8")
    assert house.counted() == {"": 1, "malformed": 1}


def test_a_length_written_as_text_is_that_length(house: House) -> None:
    size = str(len(json.dumps(error())))
    house.send(envelope(({"type": "event", "length": size}, error()), ({"type": "session"}, {})), PATH)
    assert house.counted() == {"": 1, "not_kept": 1}


@pytest.mark.parametrize("told", ["7", "[]", '"\\ud83d"'])
def test_an_envelopes_event_id_of_any_form_loses_nothing_of_it(house: House, told: str) -> None:
    body = envelope(({"type": "event"}, error())).partition(b"\n")[2]
    answer = house.send(f'{{"event_id":{told}}}\n'.encode() + body, PATH)
    assert (answer.status_code, house.counted()) == (200, {"": 1})


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe\n", b"[" * 50_000])
def test_a_body_without_an_envelopes_headers_is_400(house: House, body: bytes) -> None:
    answer = house.send(body, PATH)
    assert (answer.status_code, answer.json()["detail"][-1]) == (400, ".")


def test_an_envelope_of_nothing_is_answered_and_keeps_nothing(house: House) -> None:
    for body in (b"{}", b"{}\n", b"{}\n\n\n"):
        assert house.send(body, PATH).json() == {"id": None}
    assert house.counted() == {}


@pytest.mark.parametrize(
    "body",
    [
        envelope(*[NOTHING] * 1_001),
        envelope(({"type": "transaction"}, transaction(*[1] * 10_001))),
        envelope(({"type": "transaction"}, transaction(*[1] * 400_001))),
    ],
    ids=["items", "rows", "elements"],
)
def test_more_than_an_envelope_may_hold_is_413(house: House, body: bytes) -> None:
    answer = house.send(gzip.compress(body), PATH, content_encoding="gzip")
    assert (answer.status_code, house.events()) == (413, [])


def test_a_key_that_sends_too_fast_is_told_when_to_come_again(open_house: Callable[..., House]) -> None:
    house = open_house(key_rate=1)
    house.send(envelope(*[({"type": "event"}, error(event_id=f"{n:032x}")) for n in range(20)]), PATH)
    answer = house.send(envelope(({"type": "event"}, error())), PATH)
    assert answer.status_code == 429
    assert answer.headers["x-sentry-rate-limits"] == f"{answer.headers['retry-after']}::key"
    assert "X-Sentry-Rate-Limits" in answer.headers["access-control-expose-headers"]
