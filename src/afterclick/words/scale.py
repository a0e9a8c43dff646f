"""Places on a shared scale, as per cent of its length, so that a template can draw without arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass

from afterclick.words.chart import Line

_CENT = 100.0


@dataclass(frozen=True)
class Whisker:
    """An interval on a scale of 0 to 100: from `low` to `high` with the estimate at `value`, and where `zero` lies."""

    low: float
    value: float
    high: float
    zero: float

    @property
    def width(self) -> float:
        """Length of the interval on the scale."""
        return self.high - self.low


def whiskers(intervals: Sequence[tuple[float, float, float] | None]) -> list[Whisker | None]:
    """Each (low, value, high) on one scale that holds them all and zero; None stays None."""
    known = [interval for interval in intervals if interval is not None]
    start = min((interval[0] for interval in known), default=0.0)
    end = max((interval[2] for interval in known), default=0.0)
    start, end = min(start, 0.0), max(end, 0.0)
    length = (end - start) or 1.0

    def place(value: float) -> float:
        return round((value - start) / length * _CENT, 2)

    return [
        None if one is None else Whisker(place(one[0]), place(one[1]), place(one[2]), place(0.0))
        for one in intervals
    ]


def spark(
    line: Line, values: Sequence[float | None], width: float = 100.0, height: float = 24.0
) -> list[str]:
    """`values` of a line as SVG point lists, one for each unbroken run, on the scale of the line and its comparison.
    A value between two unknown ones is a line of no length, whose round ends make it a dot.

    Counts and money stand on zero. Shares, times and scores would all look flat there: their scale spans the values,
    but never less than a third of the largest, so that noise stays small.
    """
    known = [value for value in (*line.values, *line.previous) if value is not None]
    if not known:
        return []
    top, low = max(known), min(0.0, *known)
    if line.unit not in ("count", "money"):
        low = max(0.0, min(min(known), top - abs(top) / 3))
    span, step = (top - low) or 1.0, width / max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{index * step:.1f},{height - 1 - (value - low) / span * (height - 2):.1f}")
    return [" ".join(run if len(run) > 1 else run * 2) for run in runs if run]
