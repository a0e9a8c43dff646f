"""What is asked about a problem's price, and what is answered."""

from typing import Literal

import msgspec

from afterclick.measure.usual import Limit
from afterclick.stats import Interval

Signal = Literal["slow", "error", "struggle", "slower"]
"""What a visit can meet; "slower" than the limits of its step, which are told beside it."""
Status = Literal["priced", "gathering", "unknown"]


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a page view meets of one problem: `signal` at `step` in `segment`, from `onset` (UTC ms) on.

    `limits` are those of the step, where the signal is "slower".
    """

    step: str
    signal: Signal
    segment: dict[str, str] = {}
    onset: int
    limits: tuple[Limit, ...] = ()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which problem: `signal` (or any) felt at journey step `step` by `segment`, from `onset` to `until` (UTC ms).

    `segment` maps dimensions (`measure.DIMENSIONS` or a
    tag key) to one value each; empty means everyone. An empty `step` means every step. With `any_of`, what is met
    is any of these, in the place of the signal: several problems priced as one. `limits` are those of the step, where
    the signal is "slower".
    """

    step: str
    signal: Signal | Literal["any"]
    segment: dict[str, str] = {}
    onset: int
    until: int
    limits: tuple[Limit, ...] = ()
    any_of: tuple[Condition, ...] = ()


class Minimum(msgspec.Struct, frozen=True):
    """The least data a price is given for; `docs/impact.md#minimum` says why."""

    exposed: int = 30
    control: int = 100
    orders: int = 10  # orders among the comparable arrivals
    effective: int = 50  # effective number of comparable arrivals after weighting


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What the exposed visits since onset would have bought more, had the problem not met them.

    `orders_lost` and `revenue_lost` (in `currency`) are totals over the `n_exposed` visits, None unless
    `status` is "priced"; a negative value means they bought more. `reason` is one plain sentence when there
    is no price. `naive` (revenue) and `naive_orders` are the unadjusted difference: for comparison, never to
    be shown as an effect.
    """

    status: Status
    reason: str = ""
    n_exposed: int = 0
    n_control: int = 0
    minimum: Minimum = Minimum()
    orders_lost: Interval | None = None
    revenue_lost: Interval | None = None
    naive: Interval | None = None
    naive_orders: Interval | None = None
    currency: str = ""
    method: str = ""
    since: int = 0
    until: int = 0
