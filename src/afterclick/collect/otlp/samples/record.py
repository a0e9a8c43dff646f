"""Makes records of data points: impossible ones refused, personal data out, each named by its series."""

from hashlib import blake2b
from itertools import pairwise
from math import isfinite

from afterclick.collect.otlp.attributes import flat_json
from afterclick.collect.otlp.samples.wire import Instrument, WireSample
from afterclick.collect.otlp.values import TRACE_ID, text
from afterclick.collect.passage.cleaning import label, scrubbed
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.window import Window
from afterclick.drops import DropReason
from afterclick.signals import Sample, Temporality

_TEMPORALITIES: tuple[Temporality, ...] = ("", "delta", "cumulative")
_AGGREGATED = frozenset({"sum", "histogram", "exponential_histogram"})
_NUMBERS = frozenset({"gauge", "sum"})
_BUCKETS = 1_000
_LARGEST = 2**63 - 1  # of times and counts
_SCALES = 2**31

_Fault = tuple[DropReason, str] | None


def validate(house: House, passage: Passage) -> None:
    """Refuse data points whose times or numbers cannot be."""
    window = Window.of(house, passage)
    kept: list[tuple[int, WireSample]] = []
    for index, point in passage.samples:
        fault = (
            _instrument_fault(point)
            or _time_fault(point, window)
            or (_value_fault(point) if point.recorded else None)
        )
        if fault is None:
            kept.append((index, point if point.recorded else _blank(point)))
        else:
            passage.drop(index, *fault)
    passage.samples = kept


def _instrument_fault(point: WireSample) -> _Fault:
    instrument = point.instrument
    if not instrument.name:
        return "incomplete", "A metric has a name."
    if instrument.type in _AGGREGATED and instrument.temporality not in (1, 2):
        return "incomplete", "A sum or histogram says whether it is delta (1) or cumulative (2)."
    return None


def _time_fault(point: WireSample, window: Window) -> _Fault:
    if not 0 <= point.start_ns <= point.time_ns <= _LARGEST:
        return "bad_time", "A data point has a time, which is not before its start."
    reason = window.fault(point.time_ns // 1_000_000)
    return (reason, "A data point lies within what is kept, and not ahead of our clock.") if reason else None


def _value_fault(point: WireSample) -> _Fault:
    if point.instrument.type in _NUMBERS:
        if point.value is None:
            return "incomplete", "A gauge or sum has a value, or the flag that it has none."
        return None if isfinite(point.value) else _not_finite()
    return _number_fault(point) or _bucket_fault(point)


def _not_finite() -> _Fault:
    return "out_of_range", "Numbers are finite: neither NaN nor infinite."


def _number_fault(point: WireSample) -> _Fault:
    lists = (point.bucket_counts, point.positive_bucket_counts, point.negative_bucket_counts, point.quantiles)
    if any(len(one) > _BUCKETS for one in lists) or len(point.explicit_bounds) > _BUCKETS:
        return "too_long", f"A data point has at most {_BUCKETS} buckets or quantiles."
    single = (point.sum or 0.0, point.min or 0.0, point.max or 0.0, point.zero_threshold)
    if not all(map(isfinite, (*single, *point.explicit_bounds, *point.quantiles, *point.quantile_values))):
        return _not_finite()
    counts = (point.count, point.zero_count, *lists[0], *lists[1], *lists[2])
    if not all(0 <= count <= _LARGEST for count in counts):
        return "out_of_range", "Counts are 0 to 2^63-1."
    if not all(
        -_SCALES <= one < _SCALES for one in (point.scale, point.positive_offset, point.negative_offset)
    ):
        return "out_of_range", "Scale and offsets are 32-bit integers."
    return None


def _bucket_fault(point: WireSample) -> _Fault:
    """The protocol's own demands on buckets."""
    bounds, counts = point.explicit_bounds, point.bucket_counts
    if (bounds or counts) and len(counts) != len(bounds) + 1:
        return "inconsistent", "A histogram has one bucket more than bounds."
    if any(left >= right for left, right in pairwise(bounds)):
        return "inconsistent", "The bounds of a histogram increase."
    if counts and sum(counts) != point.count:
        return "inconsistent", "The buckets of a histogram add up to its count."
    if point.instrument.type == "exponential_histogram":
        buckets = sum(point.positive_bucket_counts) + sum(point.negative_bucket_counts)
        if point.zero_count + buckets != point.count:
            return "inconsistent", "The buckets of a histogram and its zeros add up to its count."
    return None


def _blank(point: WireSample) -> WireSample:
    """The same without numbers: the sender says that there are none for this time."""
    return WireSample(
        instrument=point.instrument,
        start_ns=point.start_ns,
        time_ns=point.time_ns,
        attributes=point.attributes,
    )


def clean(_: House, passage: Passage) -> None:
    """Make records: personal data out of the attributes, and the series named."""
    received = None if passage.grant.historical else passage.now
    passage.keep("metrics", [_record(passage.grant.site, point, received) for _, point in passage.samples])


def _record(site: str, point: WireSample, received: int | None) -> Sample:
    instrument = point.instrument
    resource = instrument.origin.resource
    time = point.time_ns // 1_000_000
    temporality = _TEMPORALITIES[instrument.temporality] if instrument.type in _AGGREGATED else ""
    name, unit = scrubbed(text(instrument.name, 255)), label(text(instrument.unit, 63))
    generated = point.attributes.pop("afterclick.generated", None) is True
    attributes = flat_json(point.attributes)
    return Sample(
        site=site,
        service=resource.service,
        name=name,
        type=instrument.type,
        series=_series(instrument, name, unit, attributes),
        time=time,
        time_ns=point.time_ns,
        received=time if received is None else received,
        start_ns=point.start_ns,
        release=resource.release,
        scope=instrument.origin.scope,
        unit=unit,
        temporality=temporality,
        monotonic=instrument.monotonic,
        generated=generated or resource.generated,
        resource=resource.described,
        attributes=attributes,
        value=point.value,
        count=point.count,
        sum=point.sum,
        min=point.min,
        max=point.max,
        explicit_bounds=point.explicit_bounds,
        bucket_counts=point.bucket_counts,
        scale=point.scale,
        zero_count=point.zero_count,
        zero_threshold=point.zero_threshold,
        positive_offset=point.positive_offset,
        positive_bucket_counts=point.positive_bucket_counts,
        negative_offset=point.negative_offset,
        negative_bucket_counts=point.negative_bucket_counts,
        quantiles=point.quantiles,
        quantile_values=point.quantile_values,
        exemplar_trace_ids=[trace for trace in point.exemplar_trace_ids if TRACE_ID.fullmatch(trace)],
    )


def _series(instrument: Instrument, name: str, unit: str, attributes: str) -> str:
    """64 bits of BLAKE2b over all that names a series, in hex."""
    resource = instrument.origin.resource
    named = (
        resource.service,
        resource.release,
        resource.described,
        instrument.origin.scope,
        name,
        unit,
        f"{instrument.type} {instrument.temporality} {instrument.monotonic}",
        attributes,
    )
    return blake2b("\0".join(named).encode("utf-8", "replace"), digest_size=8).hexdigest()
