"""`POST /v1/logs` against the OTLP specification 1.x; browser telemetry among the logs becomes events."""

import gzip
import json
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from google.protobuf.json_format import MessageToDict
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as ProtoLog
from tests.collect.conftest import NOW, House

from afterclick.collect.event.errors import SCRIPT_ERROR
from afterclick.signals import LogRecord
from afterclick.store.drain.decode import decode
from afterclick.store.schema.records import records_table

PROTOBUF = "application/x-protobuf"
PATH = "/v1/logs"
NS = NOW * 1_000_000
TRACE, SPAN = "01" * 16, "02" * 8
OURS = "019e7000-0000-7000-8000-0000000000a1"
Plain = str | int | float | bool


def value(plain: Plain | dict[str, Plain]) -> AnyValue:
    if isinstance(plain, dict):
        made = AnyValue()
        for name, inner in plain.items():
            made.kvlist_value.values.add(key=name).value.CopyFrom(value(inner))
        return made
    kinds = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value"}
    return cast("Any", AnyValue)(**{kinds[type(plain)]: plain})


def log(body: Plain | dict[str, Plain] | None = None, **fields: object) -> ProtoLog:
    """A log record; attribute names with __ for dots."""
    known = {name: fields.pop(name) for name in list(fields) if name in ProtoLog.DESCRIPTOR.fields_by_name}
    made = cast("Any", ProtoLog)(**{"time_unix_nano": NS, **known})
    if body is not None:
        made.body.CopyFrom(value(body))
    for name, plain in fields.items():
        made.attributes.add(key=name.replace("__", ".")).value.CopyFrom(value(cast("Plain", plain)))
    return made


def request(*logs: ProtoLog, **resource: str) -> ExportLogsServiceRequest:
    made = ExportLogsServiceRequest()
    group = made.resource_logs.add()
    for name, plain in {"service__name": "shop", "service__version": "1.4.2", **resource}.items():
        group.resource.attributes.add(key=name.replace("__", ".")).value.string_value = plain
    scope = group.scope_logs.add()
    scope.scope.name = "shop.logging"
    scope.log_records.extend(logs)
    return made


def send(house: House, *logs: ProtoLog, **resource: str) -> ExportLogsServiceResponse:
    answer = house.send(request(*logs, **resource).SerializeToString(), PATH, content_type=PROTOBUF)
    assert (answer.status_code, answer.headers["content-type"]) == (200, PROTOBUF)
    return ExportLogsServiceResponse.FromString(answer.content)


def payment_failed() -> ProtoLog:
    return log(
        "no answer for ann@example.org",
        severity_number=17,
        severity_text="ERROR",
        trace_id=bytes.fromhex(TRACE),
        span_id=bytes.fromhex(SPAN),
        exception__type="TimeoutError",
        exception__message="ann@example.org waited",
        code__function="pay",
        retries=2,
    )


def test_a_log_record_becomes_a_record_in_protobuf_and_in_json(open_house: Callable[..., House]) -> None:
    ids: set[str] = set()
    for encoded in (False, True):
        house = open_house()
        if encoded:
            sent = MessageToDict(request(payment_failed(), host__name="node-1"), use_integers_for_enums=True)
            told = sent["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
            told |= {"traceId": TRACE, "spanId": SPAN}
            answer = house.send(json.dumps(sent).encode(), PATH)
            assert (answer.status_code, answer.json()) == (200, {})
        else:
            assert not send(house, payment_failed(), host__name="node-1").HasField("partial_success")
        (record,) = house.logs()
        ids.add(record.log_id)
        assert msgspec.structs.replace(record, log_id="") == LogRecord(
            site=house.site,
            log_id="",
            service="shop",
            release="1.4.2",
            scope="shop.logging",
            resource='{"host.name":"node-1"}',
            time=NOW,
            time_ns=NS,
            received=NOW,
            severity_number=17,
            severity_text="ERROR",
            body="no answer for [email]",
            trace_id=TRACE,
            span_id=SPAN,
            exception="TimeoutError: [email] waited",
            attributes='{"code.function":"pay","retries":2}',
        )
    assert len(ids) == 2, "each site has ids of its own"


def test_the_same_delivery_twice_has_the_same_ids_and_equal_lines_of_one_delivery_have_not(
    house: House,
) -> None:
    for _ in range(2):
        send(house, log("tick"), log("tick"), log("tock"))
    ids = [record.log_id for record in house.logs()]
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3


def test_a_structured_body_is_kept_as_json_and_an_event_by_its_name_in_field_or_attribute(
    house: House,
) -> None:
    checkout: dict[str, Plain] = {"total": 12.5, "mail": "ann@example.org"}
    send(house, log(checkout, event_name="shop.checkout"), log(event__name="shop.checkout", step="pay"))
    first, second = house.logs()
    assert (first.event_name, json.loads(first.body)) == ("shop.checkout", {"total": 12.5, "mail": "[email]"})
    assert (second.event_name, second.body, second.attributes) == ("shop.checkout", "", '{"step":"pay"}')


def test_a_log_record_without_a_time_takes_that_of_its_observer_or_of_its_arrival(house: House) -> None:
    send(house, log("a", time_unix_nano=0, observed_time_unix_nano=NS - 5), log("b", time_unix_nano=0))
    assert [(record.body, record.time_ns) for record in house.logs()] == [("a", NS - 5), ("b", NS)]


def test_ids_of_no_trace_and_severities_of_no_scale_are_left_out(house: House) -> None:
    send(
        house,
        log("a", trace_id=b"\x00" * 16, span_id=b"\x01", severity_number=0),
        log("b", severity_number=99),
    )
    assert [(one.trace_id, one.span_id, one.severity_number) for one in house.logs()] == [("", "", 0)] * 2


@pytest.mark.parametrize(
    ("reason", "time"), [("future", NS + 3_600 * 10**9), ("too_old", 2), ("bad_time", 2**64 - 1)]
)
def test_a_log_record_of_an_impossible_time_is_rejected_and_its_neighbours_are_kept(
    house: House, reason: str, time: int
) -> None:
    partial = send(house, log("before"), log("bad", time_unix_nano=time), log("after")).partial_success
    assert partial.rejected_log_records == 1
    assert reason in partial.error_message
    assert [record.body for record in house.logs()] == ["before", "after"]
    assert house.counted() == {"": 2, reason: 1}


def test_a_record_that_is_no_text_or_too_long_is_rejected_alone(house: House) -> None:
    body = request(log("before"), log("XXXX"), log("y" * (1 << 20)), log("after")).SerializeToString()
    body = gzip.compress(body.replace(b"XXXX", b"\xff\xfe\xfd\xfc"))
    answer = house.send(body, PATH, content_type=PROTOBUF, content_encoding="gzip")
    assert ExportLogsServiceResponse.FromString(answer.content).partial_success.rejected_log_records == 2
    assert [record.body for record in house.logs()] == ["before", "after"]
    assert house.counted() == {"": 2, "malformed": 1, "too_long": 1}


def test_a_resource_that_is_no_text_costs_its_own_records_only(house: House) -> None:
    bad, good = request(log("a"), log("b"), host__name="XXXX"), request(log("c"))
    body = (bad.SerializeToString() + good.SerializeToString()).replace(b"XXXX", b"\xff\xfe\xfd\xfc")
    answer = house.send(body, PATH, content_type=PROTOBUF)
    assert ExportLogsServiceResponse.FromString(answer.content).partial_success.rejected_log_records == 2
    assert [record.body for record in house.logs()] == ["c"]


def varint(number: int) -> bytes:
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    return bytes([*made, number])


def nested(rows: bytes, number: int) -> bytes:
    return bytes([number << 3 | 2]) + varint(len(rows)) + rows


@pytest.mark.parametrize(
    "crowd",
    [
        b"\x0a\x00" * 1_000_000,
        nested(b"\x12\x00" * 1_000_000, 1),
        nested(nested(b"\x12\x00" * 1_000_000, 2), 1),
    ],
    ids=["resources", "scopes", "records"],
)
def test_a_crowd_of_empty_things_is_413(house: House, crowd: bytes) -> None:
    answer = house.send(gzip.compress(crowd), PATH, content_type=PROTOBUF, content_encoding="gzip")
    assert (answer.status_code, Status.FromString(answer.content).code) == (413, 8)


def test_deep_nesting_and_odd_values_cost_no_crash_and_fit_the_table(house: House) -> None:
    deep = AnyValue(string_value="x")
    for _ in range(30):
        outer = AnyValue()
        outer.array_value.values.append(deep)
        deep = outer
    nested = log("deep")
    nested.attributes.add(key="deep").value.CopyFrom(deep)
    send(
        house,
        nested,
        log("\x00null\u2028", ratio=float("nan"), whole=2**63 - 1, text="\u0001" * 1300, long="y" * 5000),
        log(),
    )
    (body,) = house.bodies("logs")
    records = msgspec.json.Decoder(LogRecord).decode_lines(body)
    assert [record.body for record in records] == ["deep", "null\u2028", ""]
    assert decode("logs", [body]).equals(records_table("logs", records))
    told = json.loads(records[1].attributes)
    assert (told["ratio"], told["whole"], len(told["long"])) == ("nan", 2**63 - 1, 2048)
    assert "text" not in told, "what does not fit is left out alone"


# -- browser telemetry, by the semantic conventions


def vital_in_body() -> ProtoLog:
    fields: dict[str, Plain] = {"name": "lcp", "value": 2412.5, "delta": 12.5, "id": "v5-1"}
    return log(
        fields, event_name="browser.web_vital", session__id=OURS, url__full="https://shop.example/p?email=x"
    )


def vital_in_attributes() -> ProtoLog:
    named = {
        "browser.web_vital.name": "inp",
        "browser.web_vital.value": 210,
        "browser.web_vital.rating": "good",
    }
    target = {"browser.web_vital.attribution.interaction_target": "#buy"}
    told = {name.replace(".", "__"): plain for name, plain in {**named, **target}.items()}
    return log(event__name="browser.web_vital", session__id="abc-1", **told)


def test_web_vitals_in_the_body_or_in_attributes_become_our_vitals(house: House) -> None:
    send(house, vital_in_body(), vital_in_attributes(), log("a plain line"))
    lcp, inp = house.events()
    assert (lcp.type, lcp.name, lcp.value, lcp.time) == ("vital", "LCP", 2412.5, NOW)
    assert (lcp.session_id, lcp.session_key, lcp.path, lcp.release) == (OURS, "", "/p", "1.4.2")
    assert (inp.name, inp.value, inp.target, inp.session_key) == ("INP", 210.0, "#buy", "abc-1")
    assert json.loads(inp.props) == {"browser.web_vital.rating": "good"}
    assert [record.body for record in house.logs()] == ["a plain line"]
    assert house.counted() == {"": 3}


def test_the_vitals_of_one_page_of_one_session_share_a_page_view(house: House) -> None:
    page = {"session__id": "abc-1", "browser__document__url__full": "https://shop.example/p?a=1"}
    vital: dict[str, Plain] = {"name": "cls", "value": 0.1}
    send(
        house,
        log(vital, event_name="browser.web_vital", **page),
        log({**vital, "name": "fcp"}, event_name="browser.web_vital", **page),
        log(vital, event_name="browser.web_vital", **{**page, "session__id": "abc-2"}),
    )
    events = house.events()
    views = [event.page_view_id for event in events]
    assert views[0] == views[1] != views[2]
    assert events[0].host == "shop.example"


def test_a_vital_that_is_unknown_or_without_a_value_stays_a_log_record(house: House) -> None:
    send(
        house,
        log({"name": "fid", "value": 8.0}, event_name="browser.web_vital"),
        log({"name": "lcp", "value": "slow"}, event_name="browser.web_vital"),
        log("no fields", event_name="browser.web_vital"),
    )
    assert (house.events(), len(house.logs())) == ([], 3)


def test_a_vital_that_cannot_be_is_rejected_like_any_event(house: House) -> None:
    partial = send(house, log({"name": "lcp", "value": -1.0}, event_name="browser.web_vital"), log("after"))
    assert partial.partial_success.rejected_log_records == 1
    assert house.counted() == {"": 1, "out_of_range": 1}


def test_an_exception_in_a_browser_becomes_an_error_and_one_in_a_server_stays_a_log_record(
    house: House,
) -> None:
    stack = "TypeError: no cart\n    at pay (https://shop.example/static/shop.js?v=2:41:7)\n    at https://x/y.js:1:1"
    thrown = {"exception__type": "TypeError", "exception__message": "no cart for ann@example.org"}
    thrown |= {"exception__stacktrace": stack, "session__id": "abc-1"}
    send(house, log(event_name="exception", trace_id=bytes.fromhex(TRACE), **thrown))
    send(house, log(event_name="exception", exception__message="Script error."), browser__platform="Linux")
    send(house, log(event_name="exception", exception__type="KeyError"))
    error, opaque = house.events()
    assert (error.type, error.name, error.message) == ("error", "TypeError", "no cart for [email]")
    assert (error.source, error.trace_id) == ("https://shop.example/static/shop.js:41", TRACE)
    assert "no cart" in json.loads(error.props)["exception.stacktrace"]
    assert (opaque.name, opaque.message) == ("Script error", SCRIPT_ERROR)
    assert [record.exception for record in house.logs()] == ["KeyError"]
