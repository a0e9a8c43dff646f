"""One measure as a page shows it: its value, whether the change is good, its trend, and what it means."""

from dataclasses import dataclass
from typing import Literal

from afterclick.measure import Grade, Measured, Wish, metric
from afterclick.words import figures
from afterclick.words.chart import Line
from afterclick.words.sentence import Family


@dataclass(frozen=True)
class Change:
    """Against the comparison period: `text` such as "4.2%", which way, and whether that is what one wishes for."""

    text: str
    direction: Literal["up", "down", "level"]
    good: bool | None

    @property
    def words(self) -> str:
        """For ears: "up 4.2%, which is good"."""
        if self.direction == "level":
            return "unchanged"
        verdict = "" if self.good is None else ", which is good" if self.good else ", which is bad"
        return f"{self.direction} {self.text}{verdict}"


@dataclass(frozen=True)
class Tile:
    """One measure. `value` is words ("unknown" with the `note` saying why); `anchor` is its definition's id.

    `measured` is the value as a number with its n and interval, None where it is unknown or not for the reader;
    `before` that of the comparison period, None where there is nothing to compare with.
    """

    key: str
    name: str
    family: Family
    value: str
    note: str
    line: Line
    change: Change | None
    grade: Grade
    anchor: str
    definition: str
    measured: Measured
    before: float | None


def change(now: float | None, before: float | None, wish: Wish | None, least: float = 0.005) -> Change | None:
    """The relative change, None without a base to compare with; under `least` it counts as level."""
    if now is None or not before:
        return None
    relative = now / before - 1
    if abs(relative) < least:
        return Change("0%", "level", None)
    good = None if not wish else (relative > 0) == (wish == "more")
    text = f"{figures.rounded(abs(relative) * 100, 2):,g}%" if abs(relative) < 10 else f"{now / before:,.0f}×"
    return Change(text, "up" if relative > 0 else "down", good)


def grade(key: str, value: float | None) -> Grade:
    """Good, needs work or poor by the metric's limits in the catalogue; empty when it has none."""
    limits = metric(key).limits
    return "" if value is None or limits is None else limits.grade(value)
