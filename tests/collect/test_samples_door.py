"""`POST /v1/metrics` against the OTLP specification 1.x, in both encodings; the real SDK is in test_otlp_clients."""

import json
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from google.protobuf.json_format import MessageToDict
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.metrics.v1 import metrics_pb2 as proto
from tests.collect.conftest import NOW, House

from afterclick.signals import Sample
from afterclick.store.drain.decode import decode
from afterclick.store.schema.records import records_table

PROTOBUF = "application/x-protobuf"
PATH = "/v1/metrics"
NS = NOW * 1_000_000
BEGUN = NS - 60 * 10**9
TRACE = b"\x01" * 16
TIMES = {"start_time_unix_nano": BEGUN, "time_unix_nano": NS}
DELTA, CUMULATIVE = proto.AGGREGATION_TEMPORALITY_DELTA, proto.AGGREGATION_TEMPORALITY_CUMULATIVE


def request(*metrics: proto.Metric, **resource: str) -> ExportMetricsServiceRequest:
    made = ExportMetricsServiceRequest()
    group = made.resource_metrics.add()
    for name, value in {
        "service.name": "cart",
        "service.version": "1.4.2",
        "host.name": "node-1",
        **resource,
    }.items():
        group.resource.attributes.add(key=name).value.string_value = value
    scope = group.scope_metrics.add()
    scope.scope.name = "shop.metrics"
    scope.metrics.extend(metrics)
    return made


def gauge(name: str = "queue.size", unit: str = "{order}", **fields: object) -> proto.Metric:
    point = cast("Any", proto.NumberDataPoint)(**{**TIMES, "as_int": 7, **fields})
    return proto.Metric(name=name, unit=unit, gauge=proto.Gauge(data_points=[point]))


def histogram(**fields: object) -> proto.Metric:
    shape = {
        "count": 6,
        "sum": 12.5,
        "min": 0.5,
        "max": 6.0,
        "explicit_bounds": [1, 5],
        "bucket_counts": [1, 3, 2],
    }
    point = cast("Any", proto.HistogramDataPoint)(**{**TIMES, **shape, **fields})
    data = proto.Histogram(data_points=[point], aggregation_temporality=DELTA)
    return proto.Metric(name="http.server.request.duration", unit="s", histogram=data)


def exponential(**fields: object) -> proto.Metric:
    buckets = proto.ExponentialHistogramDataPoint.Buckets(offset=-2, bucket_counts=[1, 2])
    shape = {
        "count": 4,
        "sum": 3.0,
        "scale": 3,
        "zero_count": 1,
        "zero_threshold": 0.001,
        "positive": buckets,
    }
    point = cast("Any", proto.ExponentialHistogramDataPoint)(**{**TIMES, **shape, **fields})
    data = proto.ExponentialHistogram(data_points=[point], aggregation_temporality=CUMULATIVE)
    return proto.Metric(name="wait", exponential_histogram=data)


def total(temporality: int = CUMULATIVE, **fields: object) -> proto.Metric:
    point = cast("Any", proto.NumberDataPoint)(**{**TIMES, "as_double": 2.5, **fields})
    data = cast("Any", proto.Sum)(data_points=[point], aggregation_temporality=temporality, is_monotonic=True)
    return proto.Metric(name="orders", sum=data)


def summary() -> proto.Metric:
    median = proto.SummaryDataPoint.ValueAtQuantile(quantile=0.5, value=1.25)
    point = cast("Any", proto.SummaryDataPoint)(**TIMES, count=2, sum=2.5, quantile_values=[median])
    return proto.Metric(name="gc", summary=proto.Summary(data_points=[point]))


def every_type() -> ExportMetricsServiceRequest:
    exemplar = proto.Exemplar(trace_id=TRACE, span_id=b"\x02" * 8, time_unix_nano=NS, as_double=6)
    return request(gauge(), total(), histogram(exemplars=[exemplar]), exponential(), summary())


def as_json(made: ExportMetricsServiceRequest) -> bytes:
    """In OTLP/JSON: as protobuf's JSON, but ids in hex."""
    told = json.dumps(MessageToDict(made, use_integers_for_enums=True))
    return told.replace("AQEBAQEBAQEBAQEBAQEBAQ==", TRACE.hex()).encode()


def send_protobuf(house: House, made: ExportMetricsServiceRequest) -> ExportMetricsServiceResponse:
    answer = house.send(made.SerializeToString(), PATH, content_type=PROTOBUF)
    assert (answer.status_code, answer.headers["content-type"]) == (200, PROTOBUF)
    return ExportMetricsServiceResponse.FromString(answer.content)


def expected(house: House) -> list[dict[str, object]]:
    shared: dict[str, object] = {
        "site": house.site,
        "service": "cart",
        "release": "1.4.2",
        "scope": "shop.metrics",
        "resource": '{"host.name":"node-1"}',
        "time": NOW,
        "time_ns": NS,
        "start_ns": BEGUN,
        "received": NOW,
    }
    return [
        shared | {"name": "queue.size", "unit": "{order}", "type": "gauge", "value": 7.0},
        shared
        | {"name": "orders", "type": "sum", "value": 2.5, "temporality": "cumulative", "monotonic": True},
        shared
        | {"name": "http.server.request.duration", "unit": "s", "type": "histogram", "temporality": "delta"}
        | {
            "count": 6,
            "sum": 12.5,
            "min": 0.5,
            "max": 6.0,
            "explicit_bounds": [1.0, 5.0],
            "bucket_counts": [1, 3, 2],
        }
        | {"exemplar_trace_ids": [TRACE.hex()]},
        shared
        | {
            "name": "wait",
            "type": "exponential_histogram",
            "temporality": "cumulative",
            "count": 4,
            "sum": 3.0,
        }
        | {"scale": 3, "zero_count": 1, "zero_threshold": 0.001}
        | {"positive_offset": -2, "positive_bucket_counts": [1, 2]},
        shared
        | {
            "name": "gc",
            "type": "summary",
            "count": 2,
            "sum": 2.5,
            "quantiles": [0.5],
            "quantile_values": [1.25],
        },
    ]


def told(points: list[Sample]) -> list[dict[str, object]]:
    """What the points say beside their defaults and the hash of their series."""
    fields = [field for field in Sample.__struct_fields__ if field != "series"]
    plain = Sample(site="", service="", name="", type="gauge", series="", time=0, time_ns=0, received=0)
    return [
        {
            name: value
            for name in fields
            if (value := getattr(point, name)) != getattr(plain, name) or name == "type"
        }
        for point in points
    ]


def test_every_type_becomes_records_in_protobuf_and_in_json(open_house: Callable[..., House]) -> None:
    for encode in (False, True):
        house = open_house()
        if encode:
            answer = house.send(as_json(every_type()), PATH)
            assert (answer.status_code, answer.headers["content-type"], answer.json()) == (
                200,
                "application/json",
                {},
            )
        else:
            assert not send_protobuf(house, every_type()).HasField("partial_success")
        points = house.samples()
        assert told(points) == expected(house)
        assert len({point.series for point in points}) == 5


def test_a_series_is_the_same_from_one_export_to_the_next_and_another_for_each_attribute(
    house: House,
) -> None:
    for time in (NS - 10, NS):
        spring, autumn = gauge(time_unix_nano=time), gauge(time_unix_nano=time)
        spring.gauge.data_points[0].attributes.add(key="season").value.string_value = "spring"
        send_protobuf(house, request(spring, autumn))
    send_protobuf(house, request(gauge(), **{"host.name": "node-2"}))
    series = [point.series for point in house.samples()]
    assert series[:2] == series[2:4]
    assert len(set(series)) == 3


def test_a_point_without_recorded_value_says_so_by_having_none(house: House) -> None:
    send_protobuf(house, request(gauge(flags=1), histogram(flags=1, bucket_counts=[9])))
    assert [(point.value, point.count, point.bucket_counts) for point in house.samples()] == [
        (None, 0, []),
        (None, 0, []),
    ]


@pytest.mark.parametrize(
    ("reason", "bad"),
    [
        ("incomplete", gauge(name="")),
        ("incomplete", total(temporality=0)),
        (
            "incomplete",
            gauge(as_int=None),
        ),
        ("bad_time", gauge(start_time_unix_nano=NS + 1)),
        ("bad_time", gauge(time_unix_nano=0)),
        ("bad_time", gauge(start_time_unix_nano=0, time_unix_nano=2**63)),
        ("future", gauge(time_unix_nano=NS + 3_600 * 10**9)),
        ("too_old", gauge(start_time_unix_nano=1, time_unix_nano=2)),
        ("out_of_range", gauge(as_double=float("nan"))),
        ("out_of_range", total(as_double=float("-inf"))),
        ("out_of_range", histogram(sum=float("inf"))),
        ("out_of_range", histogram(explicit_bounds=[1, float("inf")])),
        ("out_of_range", histogram(bucket_counts=[1, 3, 2**64 - 1])),
        ("inconsistent", histogram(bucket_counts=[1, 3])),
        ("inconsistent", histogram(explicit_bounds=[5, 1])),
        ("inconsistent", histogram(count=7)),
        ("inconsistent", exponential(count=5)),
        ("too_long", histogram(explicit_bounds=range(1_001), bucket_counts=[0] * 1_001 + [6])),
        ("malformed", proto.Metric(name="of no type")),
    ],
)
def test_a_bad_point_is_rejected_by_partial_success_and_its_neighbours_are_kept(
    house: House, reason: str, bad: proto.Metric
) -> None:
    partial = send_protobuf(house, request(gauge("before"), bad, gauge("after"))).partial_success
    assert partial.rejected_data_points == 1
    assert reason in partial.error_message
    assert [point.name for point in house.samples()] == ["before", "after"]
    assert house.counted() == {"": 2, reason: 1}


@pytest.mark.parametrize(
    ("reason", "bad"),
    [
        ("malformed", {"name": 5}),
        ("too_old", {"name": "n", "gauge": {"dataPoints": [{"asInt": "many"}]}}),
        ("wrong_type", "no metric"),
        ("malformed", {"name": "n"}),
        (
            "out_of_range",
            {"name": "n", "gauge": {"dataPoints": [{"timeUnixNano": str(NS), "asDouble": "NaN"}]}},
        ),
        (
            "out_of_range",
            {"name": "n", "gauge": {"dataPoints": [{"timeUnixNano": NS, "asDouble": "-Infinity"}]}},
        ),
        (
            "out_of_range",
            {
                "name": "n",
                "exponentialHistogram": {
                    "aggregationTemporality": 1,
                    "dataPoints": [{"timeUnixNano": NS, "scale": 10**12}],
                },
            },
        ),
        ("bad_time", {"name": "n", "gauge": {"dataPoints": [{"timeUnixNano": -1, "asInt": 1}]}}),
    ],
)
def test_a_bad_metric_in_json_is_rejected_alone(house: House, reason: str, bad: dict[str, object]) -> None:
    sent = MessageToDict(request(gauge("before"), gauge("after")))
    sent["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].insert(1, bad)
    answer = house.send(json.dumps(sent).encode(), PATH)
    assert answer.status_code == 200
    assert answer.json()["partialSuccess"]["rejectedDataPoints"] == "1"
    assert [point.name for point in house.samples()] == ["before", "after"]
    assert house.counted() == {"": 2, reason: 1}


@pytest.mark.parametrize("body", [b"garbage", b"\xff" * 50, b"\x0a\xff\x7f", b'{"resourceMetrics":5}', b"["])
def test_an_undecodable_body_is_400_with_a_status_in_the_requests_encoding(house: House, body: bytes) -> None:
    answer = house.send(body, PATH, content_type=PROTOBUF)
    assert (answer.status_code, Status.FromString(answer.content).code) == (400, 3)
    answer = house.send(body, PATH)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)


def test_more_points_than_a_request_may_hold_are_413_however_they_are_packed(house: House) -> None:
    crowd = gauge()
    crowd.gauge.data_points.extend(crowd.gauge.data_points[0] for _ in range(20_000))
    answer = house.send(request(crowd).SerializeToString(), PATH, content_type=PROTOBUF)
    assert (answer.status_code, Status.FromString(answer.content).code) == (413, 8)
    answer = house.send(request(*[gauge()] * 20_001).SerializeToString(), PATH, content_type=PROTOBUF)
    assert answer.status_code == 413
    assert house.samples() == []


def test_personal_data_is_masked_in_names_and_attributes(house: House) -> None:
    metric = gauge(name="mails to ann@example.org")
    metric.gauge.data_points[0].attributes.add(key="user").value.string_value = "ann@example.org"
    send_protobuf(house, request(metric, **{"process.owner": "ann@example.org"}))
    (point,) = house.samples()
    assert (point.name, point.attributes) == ("mails to [email]", '{"user":"[email]"}')
    assert "ann@" not in point.resource


def test_whatever_is_taken_fits_the_table(house: House) -> None:
    extremes = [
        histogram(count=2**63 - 1, bucket_counts=[2**63 - 1, 0, 0], sum=-1.7e308, min=5e-324),
        exponential(scale=-(2**31), zero_count=1, zero_threshold=1e300),
        gauge(name="\x00 \U0001f600 '\"\\", as_int=-(2**63)),
    ]
    send_protobuf(house, request(*extremes))
    (body,) = house.bodies("metrics")
    points = msgspec.json.Decoder(Sample).decode_lines(body)
    assert len(points) == 3
    assert decode("metrics", [body]).equals(records_table("metrics", points))
