"""Which part of people, pages and attempts each fault reaches, and how long the customer is held up by it.

Sizes are those that the shop's processes draw from (`shop/faults.py`); coverage is the shoppers' own, because a real
fault seldom reaches everybody. `docs/simulator.md` says what follows from each.
"""

from dataclasses import dataclass

from afterclick.demo.shop.faults import (
    ACQUIRER_WAIT,
    BADGE_HANG,
    FAULTS,
    HEALTHY_RELEASE,
    HEAVY_RELEASE,
    LOCK_WAIT,
    LONG_TASK,
    ORIGINAL_PHOTO,
)
from afterclick.errors import InvalidInput

OLD_RELEASE = "1.4.1"  # before the first mark of a history
ROLLED_OUT = 0.85  # of devices that take the new release; the others keep a cached one
LONG_TASK_REACH = (0.95, 0.60, 0.20)  # by device tier: a fast phone gets by
PHOTO_REACH = (0.14, 0.28, 0.42)  # by device tier, a page view: dense screens ask for the original more often
BADGE_REACH = (0.26, 0.46, 0.46, 0.12, 0.30)  # by campaign, a page view: the badge is for those who may join
PAYMENT_REACH = (0.50, 0.94)  # share of amex attempts routed to the slow acquirer, at trouble 0 and 1
INVENTORY_REACH = (0.15, 0.65)  # share of reservations that fail, at trouble 0 and 1

STEP_OF = {
    "payment-slow": "payment",
    "inventory-errors": "checkout",
    "mobile-long-task": "product",
    "product-image": "product",
    "third-party-hang": "list",
}


@dataclass(frozen=True)
class Fault:
    """A fault of docs/faults.md that begins at `onset` (UTC ms) and lasts; `name` "" is none."""

    name: str
    onset: int

    def __post_init__(self) -> None:
        if self.name and self.name not in FAULTS:
            raise InvalidInput(f"There is no fault {self.name!r}; choose one of {', '.join(FAULTS)}.")


__all__ = [
    "ACQUIRER_WAIT",
    "BADGE_HANG",
    "BADGE_REACH",
    "HEALTHY_RELEASE",
    "HEAVY_RELEASE",
    "INVENTORY_REACH",
    "LOCK_WAIT",
    "LONG_TASK",
    "LONG_TASK_REACH",
    "OLD_RELEASE",
    "ORIGINAL_PHOTO",
    "PAYMENT_REACH",
    "PHOTO_REACH",
    "ROLLED_OUT",
    "STEP_OF",
    "Fault",
]
