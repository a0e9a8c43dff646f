"""Who is hit: the segment that explains most of an excess with least.

Evidence alone decides between segments whose outside stays at its baseline: it is greatest where all of the excess
is and nothing else. A segment whose outside is also raised is not the answer, however strong its own excess.
"""

from collections import Counter
from dataclasses import dataclass
from math import log

import numpy as np

from afterclick.resolve.candidate import Segment
from afterclick.resolve.excess import Numbers

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

EXPLAINS = 0.85
"""A segment must hold this share of the excess."""
OUTSIDE = 0.15
"""Outside it, the share may be raised by at most this part of the rise inside."""
SPEAKS = log(20)
"""How much likelier, as a log, the outside must be at its usual share than raised like the inside: a segment that
everyone is in is not told apart from everyone."""
BORROWED = 20.0
"""Arrivals' worth of everyone's baseline that a segment's own baseline starts from."""


@dataclass(frozen=True)
class Sides:
    """For each key (0: everyone), arrivals and exposed since an onset and before it."""

    since: Numbers
    since_exposed: Numbers
    before: Numbers
    before_exposed: Numbers


@dataclass(frozen=True)
class Choice:
    """The index of the chosen key, its evidence less its penalty, and its baseline."""

    index: int
    score: float
    baseline: float


def penalties(keys: tuple[str, ...], series: int) -> Numbers:
    """Log of how many ways there are to be wrong: `series` times two, times dimensions and values for a key.

    Half of the prior weight is everyone's; the rest is split evenly over dimensions, then over their values.
    """
    values = Counter(dimension(key) for key in keys if key)
    parts = [log(len(values) * values[dimension(key)]) if key else 0.0 for key in keys]
    return np.asarray(parts) + log(2 * max(series, 1))


def baselines(before: Numbers, before_exposed: Numbers) -> Numbers:
    """Share of each key (first axis; 0 is everyone) before the onset, borrowing from everyone where it has little."""
    everyone = (before_exposed[:1] + 0.5) / (before[:1] + 1)
    own = (before_exposed + BORROWED * everyone) / (before + BORROWED)
    return np.asarray(np.concatenate((everyone, own[1:])), dtype=np.float64)


def choose(sides: Sides, penalty: Numbers, alone: bool = True) -> Choice:
    """The key whose raised share fits best: of those that hold the excess and leave the rest at its baseline.

    Unless it need not be `alone`: then of all that can be told from everyone.
    Best fit is the log-likelihood ratio of the share since the onset against the baseline, less the penalty.
    """
    baseline = baselines(sides.before, sides.before_exposed)
    fit = gain(sides.since_exposed, sides.since, baseline)
    fitting = _told_apart(sides, baseline)
    if alone:
        fitting &= _holds_the_excess(sides, baseline)
    fitting[0] = True
    score = np.where(fitting, fit - penalty, -np.inf)
    index = int(score.argmax())
    return Choice(index, float(score[index]), float(baseline[index]))


def gain(exposed: Numbers, arrivals: Numbers, baseline: Numbers) -> Numbers:
    """Log-likelihood ratio of a raised share of its own against `baseline`, elementwise; 0 where it is not raised."""
    from scipy.special import xlogy  # here, so that importing the room leaves SciPy alone

    share = np.clip(exposed / np.maximum(arrivals, 1), baseline, 1.0)
    others = arrivals - exposed
    return np.asarray(
        xlogy(exposed, share)
        + xlogy(others, 1 - share)
        - xlogy(exposed, baseline)
        - xlogy(others, 1 - baseline),
        dtype=np.float64,
    )


def _holds_the_excess(sides: Sides, baseline: Numbers) -> Flags:
    """Which keys hold at least `EXPLAINS` of the excess while outside them the share stays near its baseline."""
    inside = sides.since_exposed - sides.since * baseline
    outside, hit = _outside(sides.since, sides.since_exposed)
    spilled = np.maximum(hit - outside * _usual_outside(sides, baseline), 0.0)
    rise = inside / np.maximum(sides.since, 1)
    return (inside >= EXPLAINS * (inside + spilled)) & (spilled <= OUTSIDE * rise * outside) & (inside > 0)


def _told_apart(sides: Sides, baseline: Numbers) -> Flags:
    """Which keys leave enough outside them to see that it is not raised like the inside: `SPEAKS`."""
    usual = _usual_outside(sides, baseline)
    raised = (sides.since_exposed + 0.5) / (sides.since + 1)
    outside, hit = _outside(sides.since, sides.since_exposed)
    spoken = hit * np.log(usual / raised) + (outside - hit) * np.log((1 - usual) / (1 - raised))
    return spoken >= SPEAKS


def _usual_outside(sides: Sides, baseline: Numbers) -> Numbers:
    """Share outside each key before the onset, borrowing from everyone where it has little."""
    before, exposed = _outside(sides.before, sides.before_exposed)
    return np.asarray((exposed + BORROWED * baseline[0]) / (before + BORROWED), dtype=np.float64)


def _outside(arrivals: Numbers, exposed: Numbers) -> tuple[Numbers, Numbers]:
    """Arrivals outside each key, and the exposed of them. What came between two countings may be in the key alone."""
    others = np.maximum(arrivals[0] - arrivals, 0.0)
    return others, np.clip(exposed[0] - exposed, 0.0, others)


def dimension(key: str) -> str:
    """The dimension of a "dimension=value" key."""
    return key.partition("=")[0]


def segment(*keys: str) -> Segment:
    """The keys as a segment; '' adds nothing."""
    return {dimension(key): key.partition("=")[2] for key in keys if key}
