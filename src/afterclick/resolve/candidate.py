"""What a detector finds: too many visits exposed to one signal at one journey step, in one segment, since a moment."""

from typing import Literal, get_args

import msgspec

from afterclick.impact import Signal
from afterclick.measure.usual import Limit
from afterclick.stats import Interval

SIGNALS: tuple[Signal, ...] = get_args(Signal)

RECENT = 86_400_000
"""What a problem costs now is told from the visits of this long, ms."""

Segment = dict[str, str]
"""Dimension (`measure.DIMENSIONS`) or tag key to value; all must hold. Empty means everyone."""


class Before(msgspec.Struct, frozen=True):
    """What was measured before an onset: `exposed` of `arrivals`. Without arrivals nothing was."""

    exposed: int
    arrivals: int


NOTHING = Before(0, 0)


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """How long those wait that are slower than usual: the median of `n` since the onset, with its 95 % interval where
    they are enough, and of all of the segment's `n_before` arrivals before it, ms. None where there were none.
    """

    measure: Literal["request", "lcp"]
    median_ms: float
    interval: Interval | None
    n: int
    before_ms: float | None
    n_before: int


def is_wait(signal: Signal) -> bool:
    """Whether the signal is one of waiting: too long by the definition, or longer than usual."""
    return signal in ("slow", "slower")


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Excess exposure at one step. Times are UTC ms; an arrival is one page view of a visit at the step.

    `onset` is the most likely start, `onset_low` to `onset_high` its 95 % interval. `baseline` is the exposed share
    expected before it, `expected` the exposed arrivals that share implies since the onset. `evidence` is the natural
    log of the Bayes factor of a raised share, beyond what the stated false-alarm rate asks for. `symptoms` are other
    signals of the same page views that this one explains. `ended` is when the share came back to the baseline, None
    while it has not. `before` is what was measured before it, which `baseline` smooths. `recent` are the exposed of the
    last `RECENT` ms, None where that was not counted. `limits` and `wait` are told of what is slower than usual only.
    `came` is when the last arrival was. One that stands at a `service` has no step: its arrivals and exposed are
    requests that no page view knows of.
    """

    step: str
    service: str = ""
    signal: Signal
    segment: Segment
    onset: int
    onset_low: int
    onset_high: int
    until: int
    ended: int | None = None
    arrivals: int
    exposed: int
    recent: int | None = None
    came: int
    baseline: float
    before: Before = NOTHING
    expected: float
    evidence: float
    symptoms: tuple[Signal, ...] = ()
    limits: tuple[Limit, ...] = ()
    wait: Wait | None = None

    @property
    def is_deserted(self) -> bool:
        """Whether nobody came for as long as its cost now is told from: that it goes on would be a guess."""
        return self.ended is None and self.until - self.came >= RECENT

    @property
    def closes(self) -> int | None:
        """When it ended, or the last came to it where nobody does any more; None while people meet it. UTC ms."""
        return self.came if self.is_deserted else self.ended

    @property
    def share(self) -> float:
        """Exposed share of the arrivals since the onset."""
        return self.exposed / self.arrivals if self.arrivals else 0.0

    @property
    def excess(self) -> float:
        """Exposed arrivals beyond what the baseline implies."""
        return self.exposed - self.expected
