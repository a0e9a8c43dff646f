"""What a run of the demo is to show."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What to show: which fault began a day ago, in how much history, with which chance."""

    fault: str = "payment-slow"
    seed: int = 1
    days: int = 7
    visits_per_day: int = 5000
    live_per_second: float = 1.5
