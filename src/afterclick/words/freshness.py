"""How fresh what pages show is: in the top bar, and as a worry where somebody looks after the installation."""

from collections.abc import Iterable

from afterclick.jobs import Freshness
from afterclick.words import figures


def checked(fresh: Freshness, now: int) -> str:
    """As the top bar says it: problems checked 20 s ago."""
    if fresh.as_of is None:
        return f"{fresh.what} not {fresh.done} yet"
    return f"{fresh.what} {fresh.done} {figures.ago(fresh.as_of, now)}"


def worries(found: Iterable[Freshness], now: int) -> list[str]:
    """A sentence for each that is late."""
    return [_worry(one, now) for one in found if one.late]


def as_of(fresh: Freshness | None, now: int, zone: str) -> str:
    """What stands behind a figure that is late: "as of today 14:20"; empty when it is not."""
    if fresh is None or not fresh.late:
        return ""
    if fresh.as_of is None:
        return f"not {fresh.done} since the start"
    return f"as of {figures.moment(fresh.as_of, now, zone)}"


def _worry(fresh: Freshness, now: int) -> str:
    name, due = fresh.what[:1].upper() + fresh.what[1:], figures.milliseconds(fresh.allowed)
    if fresh.as_of is None:
        return f"{name}: not {fresh.done} since the start, {due} ago or more."
    return (
        f"{name}: last {fresh.done} {figures.ago(fresh.as_of, now)}, due every {due}; "
        "pages show what was known then."
    )
