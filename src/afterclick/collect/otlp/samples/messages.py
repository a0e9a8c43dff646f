"""A metric in JSON as its data points.

Source: opentelemetry-proto `metrics/v1/metrics.proto`, and `otlp_json`.
"""

from collections.abc import Iterable, Sequence

import msgspec

from afterclick.collect.otlp.messages import (
    Double,
    JsonBuckets,
    JsonExemplar,
    JsonExponentialPoint,
    JsonHistogramPoint,
    JsonMetric,
    JsonNumberPoint,
    JsonSummaryPoint,
)
from afterclick.collect.otlp.resource import Origin
from afterclick.collect.otlp.samples.wire import EXEMPLARS, NO_DATA, Instrument, WireSample, recorded
from afterclick.collect.otlp.values import from_json
from afterclick.collect.passage.fit import Lenient
from afterclick.signals import SampleType

_METRIC = Lenient(JsonMetric)
_NO_BUCKETS = JsonBuckets()


def read(origin: Origin, raw: msgspec.Raw, odd: list[str]) -> Sequence[WireSample]:
    """The data points of a metric. Raises msgspec.DecodeError when it is none."""
    metric = _METRIC.decode(raw, odd)

    def instrument(type_: SampleType, temporality: int = 0, monotonic: bool = False) -> Instrument:
        return Instrument(origin, metric.name, metric.unit, type_, temporality, monotonic)

    if metric.gauge:
        shared = instrument("gauge")
        return [_number(shared, point) for point in metric.gauge.data_points]
    if metric.sum:
        shared = instrument("sum", metric.sum.aggregation_temporality, metric.sum.is_monotonic)
        return [_number(shared, point) for point in metric.sum.data_points]
    if metric.histogram:
        shared = instrument("histogram", metric.histogram.aggregation_temporality)
        return [_histogram(shared, point) for point in metric.histogram.data_points]
    if metric.exponential_histogram:
        data = metric.exponential_histogram
        shared = instrument("exponential_histogram", data.aggregation_temporality)
        return [_exponential(shared, point) for point in data.data_points]
    if metric.summary:
        shared = instrument("summary")
        return [_summary(shared, point) for point in metric.summary.data_points]
    raise msgspec.DecodeError(NO_DATA)


def _number(instrument: Instrument, point: JsonNumberPoint) -> WireSample:
    return WireSample(
        instrument=instrument,
        start_ns=int(point.start_time_unix_nano),
        time_ns=int(point.time_unix_nano),
        attributes=from_json(point.attributes),
        recorded=recorded(point.flags),
        value=_double(point.as_double if point.as_int is None else point.as_int),
        exemplar_trace_ids=_traces(point.exemplars),
    )


def _histogram(instrument: Instrument, point: JsonHistogramPoint) -> WireSample:
    return WireSample(
        instrument=instrument,
        start_ns=int(point.start_time_unix_nano),
        time_ns=int(point.time_unix_nano),
        attributes=from_json(point.attributes),
        recorded=recorded(point.flags),
        count=int(point.count),
        sum=_double(point.sum),
        min=_double(point.min),
        max=_double(point.max),
        explicit_bounds=[float(bound) for bound in point.explicit_bounds],
        bucket_counts=[int(count) for count in point.bucket_counts],
        exemplar_trace_ids=_traces(point.exemplars),
    )


def _exponential(instrument: Instrument, point: JsonExponentialPoint) -> WireSample:
    positive, negative = point.positive or _NO_BUCKETS, point.negative or _NO_BUCKETS
    return WireSample(
        instrument=instrument,
        start_ns=int(point.start_time_unix_nano),
        time_ns=int(point.time_unix_nano),
        attributes=from_json(point.attributes),
        recorded=recorded(point.flags),
        count=int(point.count),
        sum=_double(point.sum),
        min=_double(point.min),
        max=_double(point.max),
        scale=point.scale,
        zero_count=int(point.zero_count),
        zero_threshold=float(point.zero_threshold),
        positive_offset=positive.offset,
        positive_bucket_counts=[int(count) for count in positive.bucket_counts],
        negative_offset=negative.offset,
        negative_bucket_counts=[int(count) for count in negative.bucket_counts],
        exemplar_trace_ids=_traces(point.exemplars),
    )


def _summary(instrument: Instrument, point: JsonSummaryPoint) -> WireSample:
    return WireSample(
        instrument=instrument,
        start_ns=int(point.start_time_unix_nano),
        time_ns=int(point.time_unix_nano),
        attributes=from_json(point.attributes),
        recorded=recorded(point.flags),
        count=int(point.count),
        sum=float(point.sum),
        quantiles=[float(one.quantile) for one in point.quantile_values],
        quantile_values=[float(one.value) for one in point.quantile_values],
    )


def _double(value: Double | int | None) -> float | None:
    return None if value is None else float(value)


def _traces(exemplars: Iterable[JsonExemplar]) -> list[str]:
    return [one.trace_id.lower() for one in exemplars if one.trace_id][:EXEMPLARS]
