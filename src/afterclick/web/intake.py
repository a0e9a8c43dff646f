"""What came in for a site, as the wiring tells it: what the pages on data quality and on connecting are made of."""

from dataclasses import dataclass, field
from typing import Protocol

from afterclick.store.control.taken_and_dropped import Dropped

WINDOW = 86_400_000
"""Counts of what came in cover the last 24 hours, in ms."""


@dataclass(frozen=True)
class Intake:
    """What the collector and the drain know of one site since a moment. Times are UTC ms, sizes bytes.

    `accepted` counts rows acknowledged, by door, and `doors` tells when each last took one; `drops` rows refused or set
    aside, by door and reason; `corrected` accepted rows whose sender's clock was put right. `waiting` rows stand in the
    spool and are not queryable yet; `oldest_waiting` is when the first of them came. `last_received` is when the newest
    row of a visit came that began since then, None when none did. `begun` tells whether anything of the site ever came.
    """

    accepted: dict[str, int] = field(default_factory=dict[str, int])
    doors: dict[str, int] = field(default_factory=dict[str, int])
    drops: tuple[Dropped, ...] = ()
    corrected: int = 0
    waiting: int = 0
    waiting_bytes: int = 0
    oldest_waiting: int | None = None
    last_received: int | None = None
    begun: bool = False


class Health(Protocol):
    """Where the figures of intake come from. Blocks; safe from any thread."""

    def intake(self, site: str, since: int) -> Intake:
        """What came in for `site` since the UTC ms."""
        ...
