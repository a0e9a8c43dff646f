"""A number of an answer of `/api/v1`."""

import msgspec
from msgspec.structs import force_setattr

from afterclick.currencies import in_coins
from afterclick.measure import Unit
from afterclick.stats.interval import Interval


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A change against the stretch before, with the interval of the difference.

    Of a share in percentage "points", of a count or money as a "share" of what it was, else in the figure's unit.
    `noise` where the interval holds 0; `good` whether it is what one wishes for, None within noise or without a wish.
    """

    unit: str
    difference: Interval
    noise: bool
    good: bool | None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number with what is known about it. `key` is its metric's in `/definitions`.

    `value` is None when it is unknown or not for the reader's role; `unknown` says why. A share lies between 0 and 1,
    money is in `currency` (ISO 4217), rounded to its smallest unit. `interval` holds the bounds and the level at which
    they are meant to hold the truth; without one, `no_interval` says why. `n` is how many it was made from (visits,
    page loads, orders, answers: `/definitions` says which), `method` how. `before` is the value of the stretch of time
    before, None where there is nothing to compare with. `as_of` is when a job last made it (UTC ms), None for what is
    read now. `change` compares with `before`; without it `no_change` says why.
    """

    key: str
    value: float | None
    unit: Unit
    currency: str = ""
    interval: Interval | None = None
    n: int | None = None
    no_interval: str = ""
    method: str = ""
    unknown: str = ""
    before: float | None = None
    as_of: int | None = None
    change: Changed | None = None
    no_change: str = ""

    def __post_init__(self) -> None:
        if self.unit != "money":
            return
        for name in ("value", "before"):
            if (value := getattr(self, name)) is not None:
                force_setattr(self, name, in_coins(value, self.currency))
        if self.interval:
            force_setattr(self, "interval", in_money(self.interval, self.currency))


def in_money(found: Interval, currency: str) -> Interval:
    """An interval of money, rounded to the smallest unit of its currency."""
    value, low, high = (in_coins(one, currency) for one in (found.value, found.low, found.high))
    return Interval(value, low, high, found.level)
