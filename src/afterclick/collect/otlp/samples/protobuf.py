"""A metric in protobuf as its data points.

Source: opentelemetry-proto `metrics/v1/metrics.proto`.
"""

from collections.abc import Iterable, Sequence

from google.protobuf.message import DecodeError
from opentelemetry.proto.metrics.v1 import metrics_pb2 as proto

from afterclick.collect.otlp.resource import Origin
from afterclick.collect.otlp.samples.wire import EXEMPLARS, NO_DATA, Instrument, WireSample, recorded
from afterclick.collect.otlp.values import from_proto
from afterclick.signals import SampleType


def read(origin: Origin, raw: bytes) -> Sequence[WireSample]:
    """The data points of a metric. Raises DecodeError when it is none."""
    metric = proto.Metric.FromString(raw)

    def instrument(type_: SampleType, temporality: int = 0, monotonic: bool = False) -> Instrument:
        return Instrument(origin, metric.name, metric.unit, type_, temporality, monotonic)

    match metric.WhichOneof("data"):
        case "gauge":
            shared = instrument("gauge")
            return [_number(shared, point) for point in metric.gauge.data_points]
        case "sum":
            shared = instrument("sum", metric.sum.aggregation_temporality, metric.sum.is_monotonic)
            return [_number(shared, point) for point in metric.sum.data_points]
        case "histogram":
            shared = instrument("histogram", metric.histogram.aggregation_temporality)
            return [_histogram(shared, point) for point in metric.histogram.data_points]
        case "exponential_histogram":
            data = metric.exponential_histogram
            shared = instrument("exponential_histogram", data.aggregation_temporality)
            return [_exponential(shared, point) for point in data.data_points]
        case "summary":
            shared = instrument("summary")
            return [_summary(shared, point) for point in metric.summary.data_points]
        case _:
            raise DecodeError(NO_DATA)


def _number(instrument: Instrument, point: proto.NumberDataPoint) -> WireSample:
    which = point.WhichOneof("value")
    value = point.as_double if which == "as_double" else float(point.as_int) if which else None
    return WireSample(
        instrument=instrument,
        start_ns=point.start_time_unix_nano,
        time_ns=point.time_unix_nano,
        attributes=from_proto(point.attributes),
        recorded=recorded(point.flags),
        value=value,
        exemplar_trace_ids=_traces(point.exemplars),
    )


def _histogram(instrument: Instrument, point: proto.HistogramDataPoint) -> WireSample:
    return WireSample(
        instrument=instrument,
        start_ns=point.start_time_unix_nano,
        time_ns=point.time_unix_nano,
        attributes=from_proto(point.attributes),
        recorded=recorded(point.flags),
        count=point.count,
        sum=point.sum if point.HasField("sum") else None,
        min=point.min if point.HasField("min") else None,
        max=point.max if point.HasField("max") else None,
        explicit_bounds=list(point.explicit_bounds),
        bucket_counts=list(point.bucket_counts),
        exemplar_trace_ids=_traces(point.exemplars),
    )


def _exponential(instrument: Instrument, point: proto.ExponentialHistogramDataPoint) -> WireSample:
    return WireSample(
        instrument=instrument,
        start_ns=point.start_time_unix_nano,
        time_ns=point.time_unix_nano,
        attributes=from_proto(point.attributes),
        recorded=recorded(point.flags),
        count=point.count,
        sum=point.sum if point.HasField("sum") else None,
        min=point.min if point.HasField("min") else None,
        max=point.max if point.HasField("max") else None,
        scale=point.scale,
        zero_count=point.zero_count,
        zero_threshold=point.zero_threshold,
        positive_offset=point.positive.offset,
        positive_bucket_counts=list(point.positive.bucket_counts),
        negative_offset=point.negative.offset,
        negative_bucket_counts=list(point.negative.bucket_counts),
        exemplar_trace_ids=_traces(point.exemplars),
    )


def _summary(instrument: Instrument, point: proto.SummaryDataPoint) -> WireSample:
    return WireSample(
        instrument=instrument,
        start_ns=point.start_time_unix_nano,
        time_ns=point.time_unix_nano,
        attributes=from_proto(point.attributes),
        recorded=recorded(point.flags),
        count=point.count,
        sum=point.sum,
        quantiles=[one.quantile for one in point.quantile_values],
        quantile_values=[one.value for one in point.quantile_values],
    )


def _traces(exemplars: Iterable[proto.Exemplar]) -> list[str]:
    return [one.trace_id.hex() for one in exemplars if one.trace_id][:EXEMPLARS]
