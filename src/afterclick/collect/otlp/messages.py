"""The messages of OTLP/JSON as typed structs; what is not read is left out.

Source: opentelemetry-proto, and "JSON Protobuf Encoding" of the OTLP specification 1.x: lowerCamelCase names, ids in
hex, enums as integers, 64-bit integers as numbers or strings, unknown fields ignored.
"""

from typing import Annotated

import msgspec

Int = int | Annotated[str, msgspec.Meta(pattern="^-?[0-9]{1,20}$")]
Double = (
    float
    | Annotated[
        str,
        msgspec.Meta(pattern=r"^(NaN|-?Infinity|-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?)$"),
    ]
)


class JsonStruct(msgspec.Struct, rename="camel"):
    """A message of the protocol."""


class JsonValues(JsonStruct):
    """`ArrayValue`."""

    values: list["JsonValue"] = []


class JsonKeyValues(JsonStruct):
    """`KeyValueList`."""

    values: list["JsonKeyValue"] = []


class JsonValue(JsonStruct):
    """`AnyValue`: at most one of its fields is set."""

    string_value: str | None = None
    bool_value: bool | None = None
    int_value: Int | None = None
    double_value: Double | None = None
    array_value: JsonValues | None = None
    kvlist_value: JsonKeyValues | None = None
    bytes_value: str | None = None


class JsonKeyValue(JsonStruct):
    """`KeyValue`."""

    key: str = ""
    value: JsonValue | None = None


class JsonResource(JsonStruct):
    """`Resource`."""

    attributes: list[JsonKeyValue] = []


class JsonScope(JsonStruct):
    """`InstrumentationScope`."""

    name: str = ""


class JsonEvent(JsonStruct):
    """`Span.Event`."""

    name: str = ""
    time_unix_nano: Int = 0
    attributes: list[JsonKeyValue] = []


class JsonLink(JsonStruct):
    """`Span.Link`."""

    trace_id: str = ""
    span_id: str = ""


class JsonStatus(JsonStruct):
    """`Status`; some encoders write enums by their names."""

    message: str = ""
    code: int | str = 0


class JsonSpan(JsonStruct):
    """`Span`."""

    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str = ""
    name: str = ""
    kind: int | str = 0
    start_time_unix_nano: Int = 0
    end_time_unix_nano: Int = 0
    attributes: list[JsonKeyValue] = []
    events: list[JsonEvent] = []
    links: list[JsonLink] = []
    status: JsonStatus | None = None


class JsonLogRecord(JsonStruct):
    """`LogRecord`."""

    time_unix_nano: Int = 0
    observed_time_unix_nano: Int = 0
    severity_number: int = 0
    severity_text: str = ""
    body: JsonValue | None = None
    attributes: list[JsonKeyValue] = []
    trace_id: str = ""
    span_id: str = ""
    event_name: str = ""


class JsonExemplar(JsonStruct):
    """`Exemplar`."""

    trace_id: str = ""


class JsonDataPoint(JsonStruct):
    """What the data points of all types share."""

    attributes: list[JsonKeyValue] = []
    start_time_unix_nano: Int = 0
    time_unix_nano: Int = 0
    flags: int = 0


class JsonNumberPoint(JsonDataPoint):
    """`NumberDataPoint`."""

    as_double: Double | None = None
    as_int: Int | None = None
    exemplars: list[JsonExemplar] = []


class JsonHistogramPoint(JsonDataPoint):
    """`HistogramDataPoint`."""

    count: Int = 0
    sum: Double | None = None
    min: Double | None = None
    max: Double | None = None
    bucket_counts: list[Int] = []
    explicit_bounds: list[Double] = []
    exemplars: list[JsonExemplar] = []


class JsonBuckets(JsonStruct):
    """`ExponentialHistogramDataPoint.Buckets`."""

    offset: int = 0
    bucket_counts: list[Int] = []


class JsonExponentialPoint(JsonDataPoint):
    """`ExponentialHistogramDataPoint`."""

    count: Int = 0
    sum: Double | None = None
    min: Double | None = None
    max: Double | None = None
    scale: int = 0
    zero_count: Int = 0
    zero_threshold: Double = 0.0
    positive: JsonBuckets | None = None
    negative: JsonBuckets | None = None
    exemplars: list[JsonExemplar] = []


class JsonQuantile(JsonStruct):
    """`SummaryDataPoint.ValueAtQuantile`."""

    quantile: Double = 0.0
    value: Double = 0.0


class JsonSummaryPoint(JsonDataPoint):
    """`SummaryDataPoint`."""

    count: Int = 0
    sum: Double = 0.0
    quantile_values: list[JsonQuantile] = []


class JsonGauge(JsonStruct):
    """`Gauge`."""

    data_points: list[JsonNumberPoint] = []


class JsonSum(JsonStruct):
    """`Sum`."""

    data_points: list[JsonNumberPoint] = []
    aggregation_temporality: int = 0
    is_monotonic: bool = False


class JsonHistogram(JsonStruct):
    """`Histogram`."""

    data_points: list[JsonHistogramPoint] = []
    aggregation_temporality: int = 0


class JsonExponentialHistogram(JsonStruct):
    """`ExponentialHistogram`."""

    data_points: list[JsonExponentialPoint] = []
    aggregation_temporality: int = 0


class JsonSummary(JsonStruct):
    """`Summary`."""

    data_points: list[JsonSummaryPoint] = []


class JsonMetric(JsonStruct):
    """`Metric`: one of its types is set."""

    name: str = ""
    unit: str = ""
    gauge: JsonGauge | None = None
    sum: JsonSum | None = None
    histogram: JsonHistogram | None = None
    exponential_histogram: JsonExponentialHistogram | None = None
    summary: JsonSummary | None = None
