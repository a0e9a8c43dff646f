"""A data point as sent, in either OTLP encoding, before anything is believed."""

from dataclasses import dataclass

import msgspec

from afterclick.collect.otlp.resource import Origin
from afterclick.collect.otlp.values import Attributes
from afterclick.signals import SampleType

EXEMPLARS = 10
"""Traces that a data point may point to."""
NO_DATA = "a metric holds a gauge, sum, histogram, exponential histogram or summary"

_NO_RECORDED_VALUE = 1  # the mask of DataPointFlags


@dataclass(frozen=True, slots=True)
class Instrument:
    """What the data points of one metric share; `temporality` as in the protocol: 1 delta, 2 cumulative."""

    origin: Origin
    name: str
    unit: str
    type: SampleType
    temporality: int = 0
    monotonic: bool = False


class WireSample(msgspec.Struct, kw_only=True, gc=False):
    """A data point as sent. `recorded` is False when the sender says that it has no value for this time.

    The fields are those of `signals.Sample`; what its type does not use is left at its default.
    """

    instrument: Instrument
    start_ns: int
    time_ns: int
    attributes: Attributes
    recorded: bool = True
    value: float | None = None
    count: int = 0
    sum: float | None = None
    min: float | None = None
    max: float | None = None
    explicit_bounds: list[float] = []
    bucket_counts: list[int] = []
    scale: int = 0
    zero_count: int = 0
    zero_threshold: float = 0.0
    positive_offset: int = 0
    positive_bucket_counts: list[int] = []
    negative_offset: int = 0
    negative_bucket_counts: list[int] = []
    quantiles: list[float] = []
    quantile_values: list[float] = []
    exemplar_trace_ids: list[str] = []


def recorded(flags: int) -> bool:
    """Whether the flags of a data point say that it has a value."""
    return not flags & _NO_RECORDED_VALUE
