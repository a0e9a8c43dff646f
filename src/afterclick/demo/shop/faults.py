"""What can be broken at run time, and by how much."""

import random
from dataclasses import dataclass, field
from math import exp

FAULTS: tuple[str, ...] = (
    "payment-slow",
    "inventory-errors",
    "mobile-long-task",
    "product-image",
    "third-party-hang",
)

HEALTHY_RELEASE = "1.4.2"
HEAVY_RELEASE = "1.5.0"
FAILING_SHARE = 0.6  # of the reservations that inventory refuses while `inventory-errors` is on


@dataclass(frozen=True)
class Latency:
    """A log-normal duration: median and floor in milliseconds, standard deviation of the logarithm."""

    median_ms: float
    spread: float
    least_ms: float = 0.0

    def draw(self, dice: random.Random) -> float:
        """One duration in milliseconds."""
        return max(self.least_ms, self.median_ms * exp(dice.gauss(0.0, self.spread)))


ACQUIRER_WAIT = Latency(3_100, 0.12)
LOCK_WAIT = Latency(250, 0.1)
LONG_TASK = Latency(720, 0.1, least_ms=620)
ORIGINAL_PHOTO = Latency(4_800, 0.1, least_ms=4_300)
BADGE_HANG = Latency(5_000, 0.05, least_ms=4_500)


@dataclass
class Faults:
    """Which faults are on in this process."""

    on: set[str] = field(default_factory=set[str])

    def __contains__(self, name: str) -> bool:
        return name in self.on

    def switch(self, name: str, on: bool) -> bool:
        """Set one fault; True when that changed anything."""
        changed = on != (name in self.on)
        if on:
            self.on.add(name)
        else:
            self.on.discard(name)
        return changed

    def state(self) -> dict[str, bool]:
        """Every fault by name and whether it is on."""
        return {name: name in self.on for name in FAULTS}

    @property
    def release(self) -> str:
        """The version of the pages that customers get now."""
        return HEAVY_RELEASE if "mobile-long-task" in self.on else HEALTHY_RELEASE
