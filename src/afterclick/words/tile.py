"""One measure as a page shows it: its value, whether the change is good, its trend, and what it means."""

from dataclasses import dataclass

from afterclick.measure import Grade, Measured, metric
from afterclick.words.change import Change
from afterclick.words.chart import Line
from afterclick.words.sentence import Family


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
    change: Change
    grade: Grade
    anchor: str
    definition: str
    measured: Measured
    before: float | None


def grade(key: str, value: float | None) -> Grade:
    """Good, needs work or poor by the metric's limits in the catalogue; empty when it has none."""
    limits = metric(key).limits
    return "" if value is None or limits is None else limits.grade(value)
