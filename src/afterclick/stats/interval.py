"""Intervals: a value, its bounds and the level at which the bounds are meant to hold the truth."""

import msgspec


class Interval(msgspec.Struct, frozen=True):
    """`value` with its `low` and `high` bound, all in the same unit; `level` is the nominal coverage."""

    value: float
    low: float
    high: float
    level: float = 0.95

    @property
    def width(self) -> float:
        """High minus low, in the unit of the value."""
        return self.high - self.low

    def covers(self, truth: float) -> bool:
        """Whether the bounds hold `truth`."""
        return self.low <= truth <= self.high

    def scaled(self, factor: float) -> "Interval":
        """The same interval in another unit; `factor` must not be negative."""
        return Interval(self.value * factor, self.low * factor, self.high * factor, self.level)
