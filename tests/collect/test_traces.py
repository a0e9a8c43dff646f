"""`POST /v1/traces` against the OTLP specification 1.x, in both encodings, and from the real OpenTelemetry SDK."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan
from tests.collect.conftest import NOW, House

from afterclick.signals import Span

PROTOBUF = "application/x-protobuf"
PAYLOAD = Path(__file__).parents[1] / "payloads" / "otlp-traces.json"


def request(*spans: Mapping[str, object]) -> ExportTraceServiceRequest:
    made = ExportTraceServiceRequest()
    group = made.resource_spans.add()
    attribute = group.resource.attributes.add(key="service.name")
    attribute.value.string_value = "catalog"
    for fields in spans:
        span = group.scope_spans.add().spans.add()
        valid = {"trace_id": b"\x01" * 16, "span_id": b"\x02" * 8, "name": "GET /product", "kind": 2}
        times = {"start_time_unix_nano": NOW * 1_000_000, "end_time_unix_nano": NOW * 1_000_000 + 5}
        for name, value in {**valid, **times, **fields}.items():
            setattr(span, name, value)
    return made


ADDRESSES = {"net.peer.ip": "203.0.113.9", "network.peer.address": "203.0.113.9", "http.route": "/p/:id"}


@pytest.mark.parametrize(("kind", "kept"), [(2, ["http.route"]), (3, sorted(ADDRESSES))])
def test_a_servers_span_keeps_no_address_of_its_caller_and_a_clients_that_of_what_it_called(
    house: House, kind: int, kept: list[str]
) -> None:
    attributes = [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in ADDRESSES.items()]
    made = request({"kind": kind})
    made.resource_spans[0].scope_spans[0].spans[0].attributes.extend(attributes)
    house.send(made.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    [span] = house.spans()
    assert sorted(json.loads(span.attributes)) == kept


def told_by(house: House, kind: int, attributes: Mapping[str, str]) -> Span:
    """The record of a span with these attributes."""
    made = request({"kind": kind})
    for name, value in attributes.items():
        span = made.resource_spans[0].scope_spans[0].spans[0]
        span.attributes.add(key=name).value.string_value = value
    house.send(made.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    [span] = house.spans()
    return span


@pytest.mark.parametrize(
    ("attributes", "peer"),
    [
        ({"http.url": "http://stock:8505/reserve?id=7"}, "stock:8505"),
        ({"url.full": "https://user:secret@Bank.example:443/charge"}, "bank.example"),
        ({"url.full": "https://[2001:db8::1]:8443/charge"}, "[2001:db8::1]:8443"),
        ({"http.url": "/relative", "http.host": "bank.example"}, "bank.example"),
        ({"network.peer.address": "10.0.0.7"}, "10.0.0.7"),
        ({"net.peer.ip": "10.0.0.7", "db.system": "redis"}, "10.0.0.7"),
        ({"rpc.service": "shop.Stock", "rpc.system": "grpc"}, "shop.Stock"),
        ({"messaging.system": "kafka", "messaging.destination.name": "orders"}, "orders"),
        ({"db.system": "sqlite"}, "sqlite"),
        ({"db.system.name": "postgresql"}, "postgresql"),
        ({"peer.service": "bank", "url.full": "https://bank.example/"}, "bank"),
        ({"server.address": "bank.example", "url.full": "https://other.example/"}, "bank.example"),
        ({"url.full": "no address"}, ""),
    ],
)
def test_a_call_goes_to_the_best_name_that_its_span_tells(
    house: House, attributes: dict[str, str], peer: str
) -> None:
    assert told_by(house, 3, attributes).peer == peer


@pytest.mark.parametrize("kind", [1, 2, 5])
def test_what_is_no_call_went_to_nobody(house: House, kind: int) -> None:
    assert told_by(house, kind, {"url.full": "https://shop.example/cart", "db.system": "sqlite"}).peer == ""


def test_links_events_scope_and_environment_of_a_span_are_kept(house: House) -> None:
    made = request({})
    group = made.resource_spans[0]
    group.resource.attributes.add(key="deployment.environment").value.string_value = "old name"
    group.resource.attributes.add(key="deployment.environment.name").value.string_value = "staging"
    group.scope_spans[0].scope.name = "opentelemetry.instrumentation.django"
    span = group.scope_spans[0].spans[0]
    for trace, other in ((b"\x07" * 16, b"\x08" * 8), (b"\x07" * 16, b"\x08" * 8), (b"", b"\x08" * 8)):
        span.links.add(trace_id=trace, span_id=other)
    event = span.events.add(name="cache of ada@example.org", time_unix_nano=NOW * 1_000_000 + 3)
    event.attributes.add(key="cache.key").value.string_value = "cart"
    house.send(made.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    [kept] = house.spans()
    assert (kept.environment, kept.scope) == ("staging", "opentelemetry.instrumentation.django")
    assert kept.links == [f"{'07' * 16}-{'08' * 8}"]
    assert json.loads(kept.events) == [
        {"name": "cache of [email]", "at": 3, "attributes": {"cache.key": "cart"}}
    ]


def test_links_events_scope_and_environment_of_a_json_span_are_kept(house: House) -> None:
    sent = json.loads(PAYLOAD.read_text())
    group = sent["resourceSpans"][0]
    group["resource"]["attributes"].append(
        {"key": "deployment.environment", "value": {"stringValue": "production"}}
    )
    span = group["scopeSpans"][0]["spans"][0]
    span["links"] = [{"traceId": "AB" * 16, "spanId": "cd" * 8}]
    house.send(json.dumps(sent).encode(), "/v1/traces")
    [kept] = house.spans()
    assert (kept.environment, kept.links) == ("production", [f"{'ab' * 16}-{'cd' * 8}"])
    assert [one["name"] for one in json.loads(kept.events)] == ["exception"]


def test_of_many_events_of_a_span_the_last_are_kept_within_bounds(house: House) -> None:
    made = request({})
    span = made.resource_spans[0].scope_spans[0].spans[0]
    for number in range(200):
        span.events.add(name=f"step {number}").attributes.add(key="why").value.string_value = "x" * 1000
    house.send(made.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    [kept] = house.spans()
    names = [one["name"] for one in json.loads(kept.events)]
    assert len(kept.events) <= 8192
    assert names == [f"step {number}" for number in range(200 - len(names), 200)]


def test_a_person_in_the_name_of_a_service_or_of_a_peer_is_masked(house: House) -> None:
    made = request({"kind": 3})
    made.resource_spans[0].resource.attributes[0].value.string_value = "shop of ada@example.org"
    made.resource_spans[0].scope_spans[0].spans[0].attributes.add(
        key="peer.service"
    ).value.string_value = "postgres://app:hunter22@db"
    house.send(made.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    [span] = house.spans()
    assert (span.service, span.peer) == ("shop of [email]", "postgres://app:[secret]@db")


def test_spans_of_the_specifications_json_become_records(house: House) -> None:
    answer = house.send(PAYLOAD.read_bytes(), "/v1/traces")
    assert (answer.status_code, answer.headers["content-type"], answer.json()) == (
        200,
        "application/json",
        {},
    )
    assert house.spans() == [
        Span(
            site=house.site,
            trace_id="5b8efff798038103d269b633813fc60c",
            span_id="eee19b7ec3c1b174",
            parent_span_id="eee19b7ec3c1b173",
            service="payment",
            release="2.1.0",
            name="POST acquirer/authorize",
            kind="client",
            time=1779999999000,
            start_ns=1779999999000000000,
            duration_ns=250000000,
            received=NOW,
            status="error",
            status_message="timed out",
            http_status=503,
            peer="acquirer.example",
            exception="TimeoutError: no answer for [email]",
            attributes='{"retries":2,"tags":"[\\"a\\",true]","url.full":"https://acquirer.example/authorize"}',
            scope="my.library",
            events='[{"name":"exception","at":200000000,"attributes":{"exception.type":"TimeoutError",'
            '"exception.message":"no answer for [email]"}}]',
        )
    ]


def test_protobuf_is_answered_in_protobuf_without_partial_success_when_all_is_taken(house: House) -> None:
    body = gzip.compress(request({}).SerializeToString())
    answer = house.send(body, "/v1/traces", content_type=PROTOBUF, content_encoding="gzip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, PROTOBUF)
    assert not ExportTraceServiceResponse.FromString(answer.content).HasField("partial_success")
    assert [(span.service, span.kind, span.duration_ns) for span in house.spans()] == [
        ("catalog", "server", 5)
    ]


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("bad_id", {"trace_id": b"\x01" * 15}),
        ("bad_id", {"trace_id": b"\x00" * 16}),
        ("bad_id", {"span_id": b""}),
        ("bad_time", {"end_time_unix_nano": 1}),
        ("future", {"start_time_unix_nano": (NOW + 3_600_000) * 10**6, "end_time_unix_nano": 2**63}),
        ("too_old", {"start_time_unix_nano": 1, "end_time_unix_nano": 2}),
    ],
)
def test_a_bad_span_is_rejected_by_partial_success_and_its_neighbours_are_kept(
    house: House, reason: str, fields: dict[str, object]
) -> None:
    body = request({"name": "before"}, fields, {"name": "after"}).SerializeToString()
    answer = house.send(body, "/v1/traces", content_type=PROTOBUF)
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, partial.rejected_spans) == (200, 1)
    assert reason in partial.error_message
    assert [span.name for span in house.spans()] == ["before", "after"]
    assert house.counted() == {"": 2, reason: 1}


def test_enums_of_json_may_be_told_by_their_names(house: House) -> None:
    sent = json.loads(PAYLOAD.read_text())
    spans = sent["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans[0] |= {"kind": "SPAN_KIND_PRODUCER", "status": {"code": "STATUS_CODE_ERROR"}}
    house.send(json.dumps(sent).encode(), "/v1/traces")
    assert [(span.kind, span.status) for span in house.spans()] == [("producer", "error")]


def test_a_json_span_of_wrong_types_is_rejected_alone(house: House) -> None:
    sent = json.loads(PAYLOAD.read_text())
    spans = sent["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans.insert(0, 5)
    answer = house.send(json.dumps(sent).encode(), "/v1/traces")
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"
    assert len(house.spans()) == 1


@pytest.mark.parametrize("body", [b"garbage", b"\xff" * 50, b"\x0a\xff\x7f"])
def test_an_undecodable_body_is_400_with_a_status_in_the_requests_encoding(house: House, body: bytes) -> None:
    answer = house.send(body, "/v1/traces", content_type=PROTOBUF)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROTOBUF)
    status = Status.FromString(answer.content)
    assert (status.code, status.message[-1]) == (3, ".")
    answer = house.send(body, "/v1/traces")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json()["code"] == 3


def test_refusals_of_the_key_are_a_status_too(house: House) -> None:
    answer = house.send(b"", "/v1/traces", key="ac_wrong", content_type=PROTOBUF)
    assert (answer.status_code, Status.FromString(answer.content).code) == (401, 16)


def test_deep_nesting_and_nan_cost_no_crash(house: House) -> None:
    deep = b'{"resourceSpans":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    assert house.send(deep, "/v1/traces").status_code == 400
    body = request({})
    attribute = body.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="ratio")
    attribute.value.double_value = float("nan")
    assert house.send(body.SerializeToString(), "/v1/traces", content_type=PROTOBUF).status_code == 200
    assert [span.attributes for span in house.spans()] == ['{"ratio":"nan"}']


def test_a_span_that_is_no_text_is_rejected_alone(house: House) -> None:
    body = request({"name": "before"}, {"name": "XXXX"}, {"name": "after"}).SerializeToString()
    answer = house.send(body.replace(b"XXXX", b"\xff\xfe\xfd\xfc"), "/v1/traces", content_type=PROTOBUF)
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, partial.rejected_spans) == (200, 1)
    assert [span.name for span in house.spans()] == ["before", "after"]
    assert house.counted() == {"": 2, "malformed": 1}


def test_more_spans_than_a_request_may_hold_are_413_in_both_encodings(house: House) -> None:
    crowd = b'{"resourceSpans":[{"scopeSpans":[{"spans":[%s{}]}]}]}' % (b"{}," * 20_000)
    assert house.send(crowd, "/v1/traces").status_code == 413
    made = request()
    scope = made.resource_spans[0].scope_spans.add()
    scope.spans.extend(ProtoSpan() for _ in range(20_001))
    answer = house.send(made.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    assert (answer.status_code, Status.FromString(answer.content).code) == (413, 8)
    assert house.counted() == {"too_large": 2}


def sent_attributes(house: House, **attributes: str | int) -> dict[str, object]:
    body = request({})
    span = body.resource_spans[0].scope_spans[0].spans[0]
    for name, value in attributes.items():
        any_value = span.attributes.add(key=name.replace("__", ".")).value
        if isinstance(value, int):
            any_value.int_value = value
        else:
            any_value.string_value = value
    assert house.send(body.SerializeToString(), "/v1/traces", content_type=PROTOBUF).status_code == 200
    (span,) = house.spans()
    return json.loads(span.attributes)


def test_personal_data_in_one_attribute_is_masked_and_the_others_stay_as_they_are(house: House) -> None:
    kept = sent_attributes(
        house,
        a="plain",
        b="mail ann@example.org",
        c="\x01" + "4111 1111 1111 1111",
        d=4111111111111111,
        e=1780000000000000,
        db__password="hunter2",
        url__full="https://shop.example/p?token=secret",
        url__query="token=secret",
    )
    assert kept == {
        "a": "plain",
        "b": "mail [email]",
        "c": "\x01[card]",
        "d": "[card]",
        "e": 1780000000000000,
        "db.password": "[secret]",
        "url.full": "https://shop.example/p",
    }


def test_of_too_many_attributes_those_that_fit_are_kept_and_long_ones_are_cut(house: House) -> None:
    kept = sent_attributes(house, a="x" * 5_000, b="y" * 5_000, **{f"n{n:03}": "z" * 90 for n in range(100)})
    assert (kept["a"], kept["b"]) == ("x" * 2_048, "y" * 2_048)
    assert 3_000 < sum(len(str(value)) for name, value in kept.items() if name[0] == "n") < 4_096


def test_an_attribute_without_a_value_leaves_its_column_to_the_name_it_replaced(house: House) -> None:
    told = [
        KeyValue(key="peer.service"),
        KeyValue(key="server.address", value=AnyValue(string_value="db.example")),
    ]
    sent = request({"kind": 3})
    sent.resource_spans[0].scope_spans[0].spans[0].attributes.extend(told)
    house.send(sent.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    assert [(span.peer, span.attributes) for span in house.spans()] == [("db.example", "")]


@pytest.mark.parametrize(
    ("kind", "answer", "told", "status"),
    [
        (2, 500, 0, "error"),
        (2, 404, 0, "unset"),
        (2, 500, 1, "ok"),
        (3, 404, 0, "error"),
        (1, 500, 0, "unset"),
        (2, 200, 2, "error"),
        (2, 404, 2, "unset"),
        (3, 404, 2, "error"),
        (2, 503, 2, "error"),
    ],
)
def test_a_span_that_says_nothing_of_itself_has_failed_when_its_answer_has(
    house: House, kind: int, answer: int, told: int, status: str
) -> None:
    made = request({"kind": kind})
    span = made.resource_spans[0].scope_spans[0].spans[0]
    span.status.code = told  # pyright: ignore[reportAttributeAccessIssue] - an enum's number
    span.attributes.add(key="http.response.status_code").value.int_value = answer
    house.send(made.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    assert [(one.status, one.http_status) for one in house.spans()] == [(status, answer)]
