"""A change against the stretch before, the one way in which every page and the API say it.

Points for shares, per cent for counts and money, their own unit for the rest; grey within noise, which the interval of
the difference tells; and a reason where nothing can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from afterclick.measure import Measured, Unit, Wish
from afterclick.stats.difference import apart, of_totals
from afterclick.stats.interval import Interval
from afterclick.words import figures

LEAST = 100
"""Fewer visits than this in the stretch before compare with nothing."""
COVERED = 0.5
"""The stretch before must have been measured in at least this share of the time that this one was."""

Direction = Literal["up", "down", "level"]
Pairs = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Change:
    """`text` is its size in words, such as "1.2 points"; `good` whether that is what one wishes for, None where no wish
    is or the change is `noise`. `difference` has the unit: "points" of a share, "share" of what it was before, else the
    figure's. `absent` says why there is none; then nothing else is told.
    """

    text: str = ""
    direction: Direction = "level"
    good: bool | None = None
    noise: bool = False
    difference: Interval | None = None
    unit: str = ""
    absent: str = ""

    @property
    def words(self) -> str:
        """For ears: "up 1.2 points, which is good"."""
        if self.absent or not self.text:
            return self.absent
        if self.noise:
            return "no clear change"
        verdict = "" if self.good is None else ", which is good" if self.good else ", which is bad"
        return f"{self.direction} {self.text}{verdict}"

    @property
    def bounds(self) -> str:
        """The interval in words: "−0.2 to 1.1 points"; empty without one."""
        found = self.difference
        return f"{_signed(found.low, self.unit)} to {_signed(found.high, self.unit)}" if found else ""


def uncompared(visits_before: int, measured_now: int, measured_before: int) -> str:
    """Why a stretch cannot be compared with the one before it, empty when it can.

    `measured_…` count the pieces of either stretch in which there was any visit.
    """
    if not visits_before:
        return "nothing was measured before"
    if visits_before < LEAST:
        return f"only {figures.plural(visits_before, 'visit')} before; {LEAST} are compared"
    if measured_before < COVERED * measured_now:
        return "only part of the time before was measured"
    return ""


def change(
    now: Measured, before: Measured, unit: Unit, wish: Wish, pairs: Pairs = (), absent: str = ""
) -> Change:
    """The change of a figure; `pairs` are its values piece by piece and before, for what is counted or summed.

    `absent` is a reason why nothing can be compared, if there is one.
    """
    if absent or now.value is None or before.value is None:
        return Change(absent=absent or ("" if now.value is None else "unknown before"))
    if unit in ("count", "money"):
        return _relative(now.value, before.value, unit, wish, pairs)
    scale, name = (100.0, "points") if unit == "share" else (1.0, unit)
    if now.interval is None or before.interval is None:
        return Change(absent="too few to tell a change from noise")
    return _told(apart(now.interval, before.interval).scaled(scale), name, wish)


def _relative(now: float, before: float, unit: Unit, wish: Wish, pairs: Pairs) -> Change:
    if not before:
        return Change(absent="none before")
    found = of_totals(pairs, now + before if unit == "count" else 0.0)
    if found is None:
        return Change(absent="too short to tell a change from noise")
    return _told(found.scaled(1 / before), "share", wish)


def _told(found: Interval, unit: str, wish: Wish) -> Change:
    noise = found.low <= 0 <= found.high
    direction: Direction = "level" if not found.value else "up" if found.value > 0 else "down"
    good = None if noise or not wish else (found.value > 0) == (wish == "more")
    return Change(_size(found.value, unit), direction, good, noise, found, unit)


def _size(value: float, unit: str) -> str:
    size = abs(value)
    if unit == "points":
        return figures.points(size)
    if unit == "ms":
        return figures.milliseconds(size)
    if unit == "share":
        return f"{1 + value:.3g}×" if value >= 2 else f"{figures.rounded(size * 100, 2):,g}%"
    return f"{figures.rounded(size, 2):,g}"


def _signed(value: float, unit: str) -> str:
    size = f"{figures.rounded(abs(value) * 100, 2):,g}%" if unit == "share" else _size(abs(value), unit)
    return f"{'−' if value < 0 else '+'}{size}"
