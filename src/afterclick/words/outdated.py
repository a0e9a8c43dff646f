"""Visits that still carry labels of the version before, in words."""

from datetime import UTC, datetime

from afterclick.store.rollups.outdated import Outdated
from afterclick.words import figures


def to_go(found: Outdated) -> str:
    """How much is left: 2 months to go."""
    return f"{figures.plural(found.months, 'month')} to go"


def explained(found: Outdated, now: int) -> str:
    """Which visits those are, as of `now` (UTC ms)."""
    which = f"before {datetime.fromtimestamp(found.before / 1000, UTC):%-d %B %Y}"
    if found.before > now:
        which = "from before the upgrade"
    return (
        f"Visits {which} still carry labels of the version before; {to_go(found)}. "
        "They are made anew in the background, the newest first."
    )
