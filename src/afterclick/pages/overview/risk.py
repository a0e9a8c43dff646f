"""Revenue at risk, and what everything felt cost beside it: the money, its window, its time and its method in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from afterclick.impact import Estimate, Together
from afterclick.resolve import Problem
from afterclick.resolve.total import STALE
from afterclick.words import figures, wording
from afterclick.words.scale import Whisker, whiskers


@dataclass(frozen=True)
class Risk:
    """The money with its interval, empty without one; `note` says of which visits and when, `made` when it was
    estimated; `late` that this is too long ago, `method` how.
    """

    value: str
    bounds: str
    note: str
    whisker: Whisker | None = None
    made: str = ""
    late: bool = False
    method: str = ""


NOT_TOLD = Risk(figures.NOT_FOR_YOU, "", "your role does not include money")
_NOT_YET = Risk("unknown", "", "not estimated yet; the first estimate follows within minutes")

_OF_NOBODY = Risk("unknown", "", "no page view knows of the requests that the open problems are about")


def together(found: Together | None, opened: Sequence[Problem], now: int, zone: str) -> Risk:
    """What the `opened` problems cost together, as far as the newest estimate knows them."""
    if not opened:
        return Risk("nothing", "", "no problem is open")
    priced = {one.id for one in opened if not one.service}
    if not priced:
        return _OF_NOBODY
    if found is None:
        return _NOT_YET
    since = priced - set(found.problems)
    missing = f"; {figures.plural(len(since), 'problem')} opened since is not in it" if since else ""
    if len(since) > 1:
        missing = f"; {len(since)} problems opened since are not in it"
    whole = figures.plural(len(found.problems), "open problem")
    return _risk(
        found.estimate, f"met any of {whole}" if len(found.problems) > 1 else "met it", missing, now, zone
    )


def everything(found: Estimate | None, now: int, zone: str) -> Risk:
    """What everything felt cost, problem or not."""
    if found is None:
        return _NOT_YET
    return _risk(found, "met anything slow, broken or frustrating", "", now, zone)


def is_late(found: Estimate, now: int) -> bool:
    """Whether the estimate is older than the job that makes it should let it be."""
    return now - found.until > STALE


def _risk(found: Estimate, met: str, missing: str, now: int, zone: str) -> Risk:
    late = is_late(found, now)
    made = (
        f"as of {figures.moment(found.until, now, zone)}, late"
        if late
        else f"estimated {figures.ago(found.until, now)}"
    )
    if found.revenue_lost is None:
        return Risk("unknown", "", f"{wording.price_words(found)}{missing}", None, made, late)
    lost, visits = found.revenue_lost, figures.plural(found.n_exposed, "visit")
    window = f"{figures.moment(found.since, now, zone)} to {figures.moment(found.until, now, zone)}"
    return Risk(
        figures.money(lost.value, found.currency),
        figures.money_range(lost, found.currency),
        f"{visits} that {met}, {window}, counted once{missing}",
        whiskers([(lost.low, lost.value, lost.high)])[0],
        made,
        late,
        found.method,
    )
