"""What a chart shows, as plain data: the page embeds it as JSON and draws it, and writes the same as a table."""

from dataclasses import dataclass, field
from typing import Literal

from afterclick.measure import Unit
from afterclick.words.sentence import Family


@dataclass(frozen=True)
class Mark:
    """A thin line at a moment (UTC ms): a release, the onset of a problem."""

    time: int
    kind: Literal["release", "onset", "closed", "note"]
    label: str


@dataclass(frozen=True)
class Line:
    """One quantity over the chart's times; None where there is nothing to draw. `previous` is the comparison."""

    name: str
    family: Family
    unit: Unit
    values: tuple[float | None, ...]
    previous: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Trend:
    """Lines over shared times (UTC ms, the start of each bucket), one panel a line, with marks through all."""

    times: tuple[int, ...]
    until: int
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()
    zone: str = "UTC"
    currency: str = ""
    kind: Literal["trend"] = "trend"


@dataclass(frozen=True)
class Bars:
    """Exposed and other arrivals in each bucket from the given time (UTC ms) for `width` ms, with marks."""

    times: tuple[int, ...]
    width: int
    exposed: tuple[int, ...]
    arrivals: tuple[int, ...]
    marks: tuple[Mark, ...] = ()
    zone: str = "UTC"
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True)
class Histogram:
    """Share of affected and of unaffected arrivals in each bin [low, high); `limit` is where the signal begins."""

    unit: Literal["ms", "count"]
    measure: str
    limit: float
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    affected: tuple[float, ...]
    unaffected: tuple[float, ...]
    n_affected: int = 0
    n_unaffected: int = 0
    kind: Literal["histogram"] = field(default="histogram")
