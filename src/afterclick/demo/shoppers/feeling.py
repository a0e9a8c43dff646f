"""What one page view feels like: how soon it paints and answers, what fails, and what a fault or bad luck adds."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from afterclick.demo.shoppers.faults import (
    BADGE_HANG,
    BADGE_REACH,
    LONG_TASK,
    LONG_TASK_REACH,
    ORIGINAL_PHOTO,
    PHOTO_REACH,
    ROLLED_OUT,
    STEP_OF,
    Fault,
)
from afterclick.demo.shoppers.luck import Luck, lognormal
from afterclick.demo.shoppers.population import CARD_NETWORKS, DEVICE_CLASSES, Crowd, Flags, Integers, Numbers

STEPS = ("home", "list", "product", "cart", "checkout", "payment", "thanks")
HOME, LIST, PRODUCT, CART, CHECKOUT, PAYMENT, THANKS = range(7)
GONE = -1

PAINT_MS = np.array([2150.0, 1550.0, 1120.0])  # by device tier
INPUT_MS = np.array([185.0, 120.0, 72.0])
PAINT_CEILING_MS = 3800.0  # what is slower is bad luck or a fault, and drawn as such
INPUT_CEILING_MS = 450.0
INTERACTS = 0.8  # of page views with an interaction, hence an INP
# Background: the share of healthy page views that still go wrong.
SLOW_PAINT = np.array([0.012, 0.007, 0.004])  # by device tier
SLOW_INPUT = 0.003
SLOW_ANSWER = 0.003
BAD_ANSWER = 0.003
BAD_SCRIPT = 0.004
SLOW_RESOURCE = 0.02
ASKS = np.isin(np.arange(7), (LIST, PRODUCT, CART))  # steps whose page asks the API when it is shown

Calm = Literal["", "signal", "any"]
AMEX = CARD_NETWORKS.index("amex")
MOBILE = DEVICE_CLASSES.index("mobile")


@dataclass(frozen=True)
class World:
    """One version of history: `fault` acts when `broken`; `calm` keeps away what would be felt without it too.

    "signal" spares people every occurrence of the fault's signal at its step in its segment since onset, "any" spares
    them everything that counts as slow or an error since onset.
    """

    fault: Fault
    broken: bool = True
    calm: Calm = ""

    def strikes(self, name: str, step: Integers, at: Integers) -> Flags:
        """Where the fault `name` could act: its step, since onset, in this world."""
        if not self.broken or self.fault.name != name:
            return np.zeros(step.size, bool)
        return (step == STEPS.index(STEP_OF[name])) & (at >= self.fault.onset)

    def spared(
        self, kind: Literal["slow", "error", "struggle"], crowd: Crowd, step: Integers, at: Integers
    ) -> Flags:
        """Where no background occurrence of `kind` happens in this world."""
        since = at >= self.fault.onset
        if self.calm == "any":
            return since
        if not self.fault.name or self.calm != "signal" or kind != signal_of(self.fault.name):
            return np.zeros(step.size, bool)
        return since & (step == STEPS.index(STEP_OF[self.fault.name])) & in_segment(self.fault.name, crowd)


def signal_of(fault: str) -> Literal["slow", "error"]:
    """The signal by which the fault is felt."""
    return "error" if fault == "inventory-errors" else "slow"


def in_segment(fault: str, crowd: Crowd) -> Flags:
    """The visits of the segment that docs/faults.md names."""
    if fault == "payment-slow":
        return crowd.people.card[crowd.person] == AMEX
    if fault == "mobile-long-task":
        return crowd.people.device_class[crowd.person] == MOBILE
    return np.ones(len(crowd), bool)


@dataclass(frozen=True)
class Feeling:
    """One slot of all visits; milliseconds, NaN where nothing is reported."""

    ttfb: Numbers
    fcp: Numbers
    lcp: Numbers
    inp: Numbers
    shift: Numbers  # CLS
    answer_ms: Numbers
    answer_bad: Flags
    script_error: Flags
    resource_ms: Numbers
    photo: Flags  # product-image made the LCP
    task: Flags  # mobile-long-task made the INP
    badge: Flags  # third-party-hang held up the page


def feel(world: World, crowd: Crowd, luck: Luck, step: Integers, at: Integers) -> Feeling:
    """How a page view at `step`, begun at `at` (UTC ms), feels to each visit of the crowd."""
    tier = crowd.people.tier[crowd.person]
    slow = ~world.spared("slow", crowd, step, at)
    bad = ~world.spared("error", crowd, step, at)
    ttfb = lognormal(60.0, 0.4, luck.bell("ttfb"))
    lcp = np.minimum(lognormal(PAINT_MS[tier], 0.28, luck.bell("paint")), PAINT_CEILING_MS)
    unlucky = slow & (luck.even("slow_paint") < SLOW_PAINT[tier])
    lcp = np.where(unlucky, lcp + lognormal(3600.0, 0.2, luck.bell("size")) + 600, lcp)
    fcp = ttfb + 0.62 * (lcp - ttfb)
    photo, photo_ms = _photo(world, luck, step, at, tier)
    lcp = np.where(photo, 0.3 * lcp + photo_ms, lcp)
    badge, badge_ms = _badge(world, luck, step, at, crowd.campaign)
    lcp, fcp = np.where(badge, 0.5 * lcp + badge_ms, lcp), np.where(badge, 0.5 * fcp + badge_ms, fcp)
    task, inp = _input(world, crowd, luck, step, at, slow)
    resource = np.where(luck.even("slow_resource") < SLOW_RESOURCE, _resource_ms(luck, slow), np.nan)
    return Feeling(
        ttfb=ttfb,
        fcp=fcp,
        lcp=lcp,
        inp=inp,
        shift=np.abs(luck.bell("shift")) * 0.03,
        answer_ms=np.where(ASKS[step], _answer_ms(luck, slow), np.nan),
        answer_bad=ASKS[step] & bad & (luck.even("bad_answer") < BAD_ANSWER),
        script_error=bad & (luck.even("bad_script") < BAD_SCRIPT),
        resource_ms=np.where(badge, badge_ms, np.where(photo, photo_ms, resource)),
        photo=photo,
        task=task,
        badge=badge,
    )


def _answer_ms(luck: Luck, slow: Flags) -> Numbers:
    held = slow & (luck.even("slow_answer") < SLOW_ANSWER)
    return lognormal(60.0, 0.45, luck.bell("answer")) + np.where(
        held, 3100 + 800 * np.abs(luck.bell("size")), 0
    )


def _resource_ms(luck: Luck, slow: Flags) -> Numbers:
    return np.where(
        slow & (luck.even("slow_resource") < 0.05 * SLOW_RESOURCE), 3200.0, 1100.0
    ) + 300 * np.abs(luck.bell("size_3"))


def _photo(world: World, luck: Luck, step: Integers, at: Integers, tier: Integers) -> tuple[Flags, Numbers]:
    photo = world.strikes("product-image", step, at) & (luck.even("reach") < np.array(PHOTO_REACH)[tier])
    size = lognormal(ORIGINAL_PHOTO.median_ms, ORIGINAL_PHOTO.spread, luck.bell("size_1"))
    return photo, np.maximum(size, ORIGINAL_PHOTO.least_ms)


def _badge(
    world: World, luck: Luck, step: Integers, at: Integers, campaign: Integers
) -> tuple[Flags, Numbers]:
    badge = world.strikes("third-party-hang", step, at) & (
        luck.even("reach") < np.array(BADGE_REACH)[campaign]
    )
    size = lognormal(BADGE_HANG.median_ms, BADGE_HANG.spread, luck.bell("size_1"))
    return badge, np.maximum(size, BADGE_HANG.least_ms)


def _input(
    world: World, crowd: Crowd, luck: Luck, step: Integers, at: Integers, slow: Flags
) -> tuple[Flags, Numbers]:
    tier = crowd.people.tier[crowd.person]
    inp = np.minimum(lognormal(INPUT_MS[tier], 0.4, luck.bell("input")), INPUT_CEILING_MS)
    inp = np.where(slow & (luck.even("slow_input") < SLOW_INPUT), inp + 560, inp)
    blocked = world.strikes("mobile-long-task", step, at) & in_segment("mobile-long-task", crowd)
    blocked &= has_new_release(crowd) & (luck.even("reach") < np.array(LONG_TASK_REACH)[tier])
    size = lognormal(LONG_TASK.median_ms, LONG_TASK.spread, luck.bell("size_2"))
    inp = np.where(blocked, 0.5 * inp + np.maximum(size, LONG_TASK.least_ms), inp)
    interacts = luck.even("interacts") < INTERACTS
    return blocked & interacts, np.where(interacts, inp, np.nan)


def has_new_release(crowd: Crowd) -> Flags:
    """Whose device takes a release when it is rolled out: new visitors hold no old copy in a cache."""
    return ~crowd.returning | (crowd.people.updated[crowd.person] < ROLLED_OUT)
