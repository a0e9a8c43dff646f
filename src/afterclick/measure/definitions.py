"""The metric catalogue: each metric's name, plain-words definition, unit, good direction, limits and version."""

from dataclasses import dataclass
from typing import Literal

from afterclick.errors import NotFound
from afterclick.measure.felt import FELT

Unit = Literal["count", "share", "money", "ms", "score"]
Wish = Literal["more", "less", ""]
Grade = Literal["", "good", "needs work", "poor"]
"""Empty where a metric has no limits."""


@dataclass(frozen=True)
class Limits:
    """Up to `good` is good, above `poor` is poor, between them needs work; in the metric's unit."""

    good: float
    poor: float

    def grade(self, value: float) -> Grade:
        """Where a value lies.

        >>> Limits(2500, 4000).grade(2500), Limits(2500, 4000).grade(4000.1)
        ('good', 'poor')
        """
        if value <= self.good:
            return "good"
        return "needs work" if value <= self.poor else "poor"


@dataclass(frozen=True)
class Metric:
    """One metric. `words` define it in one sentence; docs/definitions.md tells the rest under `anchor`.

    `version` counts changes of meaning: numbers of different versions are not to be compared. `least` is the smallest
    n it is shown for; below it the metric is unknown.
    """

    key: str
    name: str
    words: str
    unit: Unit
    good: Wish
    version: int = 1
    limits: Limits | None = None
    least: int = 1

    @property
    def anchor(self) -> str:
        """The heading's id on docs/definitions.md, and on the dashboard's own page of definitions."""
        return self.key.replace("_", "-")


def _vital(key: str, name: str, words: str, good: float, poor: float, unit: Unit = "ms") -> Metric:
    # Limits: https://web.dev/articles/vitals, assessed at the 75th percentile of page views.
    return Metric(key, name, words, unit, "less", limits=Limits(good, poor), least=20)


def _seconds(ms: float) -> str:
    return f"{ms / 1000:g} s"


CATALOGUE: tuple[Metric, ...] = (
    Metric("visits", "Visits", "Sessions that began in the period, bots left out.", "count", "more"),
    Metric(
        "people",
        "People",
        "Unique people who began a visit in the period, each counted once on however many devices, bots left out.",
        "count",
        "more",
    ),
    Metric("conversion", "Conversion", "Share of visits with at least one order.", "share", "more", least=30),
    Metric("orders", "Orders", "Orders placed, each order id counted once.", "count", "more"),
    Metric("revenue", "Revenue", "Money from orders as placed, before refunds.", "money", "more"),
    Metric(
        "good_session",
        "Good sessions",
        "Share of visits without a slow page view, an error or a struggle.",
        "share",
        "more",
        least=30,
    ),
    _vital(
        "lcp",
        "Largest contentful paint",
        "Time until the largest text or image in view was drawn, 75th percentile of page views.",
        2500,
        FELT.lcp_ms,
    ),
    _vital(
        "inp",
        "Interaction to next paint",
        "Time from a click, tap or key to the next frame, the slowest of a page view, 75th percentile.",
        200,
        FELT.inp_ms,
    ),
    _vital(
        "cls",
        "Cumulative layout shift",
        "How much the page moved without being asked to, 75th percentile of page views.",
        0.1,
        0.25,
        "score",
    ),
    _vital(
        "fcp",
        "First contentful paint",
        "Time until the first text or image was drawn, 75th percentile of page views.",
        1800,
        3000,
    ),
    _vital(
        "ttfb",
        "Time to first byte",
        "Time from the start of navigation to the first byte of the answer, 75th percentile of page views.",
        800,
        1800,
    ),
    Metric(
        "slow",
        "Slow",
        f"A page view with LCP above {_seconds(FELT.lcp_ms)}, INP above {FELT.inp_ms:g} ms, a request of "
        f"{_seconds(FELT.request_ms)} or more, or a script, image or style of {_seconds(FELT.resource_ms)} or more.",
        "share",
        "less",
        least=30,
    ),
    Metric(
        "error",
        "Errors",
        "A page view with a script error, or a request that got no answer or a status of "
        f"{FELT.failed_status} or more.",
        "share",
        "less",
        least=30,
    ),
    Metric(
        "struggle",
        "Struggle",
        "A page view with a rage click, a dead click or an error click.",
        "share",
        "less",
        least=30,
    ),
    Metric("rage_click", "Rage click", "Three or more quick clicks on one place.", "count", "less"),
    Metric(
        "dead_click",
        "Dead click",
        "A click on something that looks live and after which nothing happens.",
        "count",
        "less",
    ),
    Metric(
        "error_click", "Error click", "A click that is followed at once by a script error.", "count", "less"
    ),
    Metric("rating", "Rating", "Mean of the answers 1 to 5 to the question how it was.", "score", "more"),
    Metric(
        "exposure",
        "Exposed share",
        "Share of the arrivals at a step that met the problem's signal.",
        "share",
        "less",
        least=5,
    ),
    Metric(
        "revenue_at_risk",
        "Revenue at risk",
        "What the visits that met any problem would have bought more without it, estimated once for all of them.",
        "money",
        "less",
    ),
)

_BY_KEY = {one.key: one for one in CATALOGUE}


def metric(key: str) -> Metric:
    """The metric of that key; raises NotFound when the catalogue has none."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise NotFound(f"There is no metric {key!r} in the catalogue; see docs/definitions.md.") from None
