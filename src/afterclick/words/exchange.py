"""Conversion in words: how much of a sum was converted, from what, and by which rates."""

from collections import defaultdict
from collections.abc import Sequence

from afterclick.journeys import Exchanged
from afterclick.words import figures

MEANING = (
    "Each order is converted by the newest rate that the site states of the day on which its visit began, or of the "
    "7 days before, and rounded to the smallest coin; a refund goes by the rate of its order."
)


def converted(several: Sequence[Exchanged], *, exact: bool = False) -> str:
    """How much was converted from what, empty for nothing: €230 converted from $250 and £10."""
    if not several:
        return ""
    told = defaultdict[str, float](float)
    for one in several:
        told[one.currency] += one.told
    total = figures.money(sum(one.paid for one in several), several[0].into, exact=exact)
    sums = figures.moneys(((told[code], code) for code in sorted(told)), exact=exact)
    return f"{total} converted from {sums}"


def rates(several: Sequence[Exchanged]) -> str:
    """Of which days the rates are that were used: the rates of 2026-11-02 to 2026-11-27."""
    oldest, newest = min(one.since for one in several), max(one.until for one in several)
    return f"the rate of {oldest}" if oldest == newest else f"the rates of {oldest} to {newest}"
