"""What problems reach, and what they cost."""

from afterclick.measure.metric import Metric

_ARRIVALS = "impact/arrivals.sql: arrivals"
_FELT = "Anything slow, an error or a struggle counts as felt, also where it is usual: [impact](impact.md#the-totals)."
_OVERLAP = "Never the sum of the problems' own prices, which overlap: [impact](impact.md#the-totals)."

METRICS = (
    Metric(
        "exposure", "Exposed share", "Share of the arrivals at a step that met the problem's signal.", "share", "less",
        sql="resolve/evidence.sql: exposure", method="share", n="arrivals", least=5,
        notes="How a problem is found in it: [resolve](resolve.md).",
    ),
    Metric(
        "orders_lost", "Orders lost",
        "Orders that the visits which met a problem would have placed more without it.", "count", "less",
        sql=_ARRIVALS, method="estimate", n="exposed visits",
        notes="The least data a price needs, and how it is estimated: [impact](impact.md).",
    ),
    Metric(
        "revenue_lost", "Revenue lost",
        "What the visits that met a problem would have bought more without it.", "money", "less",
        sql=_ARRIVALS, method="estimate", n="exposed visits",
        notes="Estimated as orders lost are.",
    ),
    Metric(
        "orders_at_risk", "Orders at risk",
        "Orders that visits which met an open problem in the last 24 hours would have placed more; once for all.",
        "count", "less",
        sql=_ARRIVALS, method="estimate", n="exposed visits", notes=_OVERLAP, version=2,
    ),
    Metric(
        "revenue_at_risk", "Revenue at risk",
        "What visits that met an open problem in the last 24 hours would have bought more; once for all.",
        "money", "less",
        sql=_ARRIVALS, method="estimate", n="exposed visits", notes=_OVERLAP, version=2,
    ),
    Metric(
        "orders_felt", "Orders lost to everything felt",
        "Orders that visits which felt anything in the last 24 hours would have placed more, also without a problem.",
        "count", "less",
        sql=_ARRIVALS, method="estimate", n="exposed visits", notes=_FELT,
    ),
    Metric(
        "revenue_felt", "Everything felt",
        "What visits that felt anything in the last 24 hours would have bought more, also without an open problem.",
        "money", "less",
        sql=_ARRIVALS, method="estimate", n="exposed visits", notes=_FELT,
    ),
)  # fmt: skip
