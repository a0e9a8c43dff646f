"""What problems reach, and what they cost."""

from afterclick.measure.metric import Metric

_ARRIVALS = "impact/arrivals.sql: arrivals"
_OVERLAP = "Never the sum of the problems' own prices, which overlap: [impact](impact.md)."

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
        "Orders that the visits which met any problem would have placed more without it, estimated once for all.",
        "count", "less",
        sql=_ARRIVALS, method="estimate", n="exposed visits", notes=_OVERLAP,
    ),
    Metric(
        "revenue_at_risk", "Revenue at risk",
        "What the visits that met any problem would have bought more without it, estimated once for all of them.",
        "money", "less",
        sql=_ARRIVALS, method="estimate", n="exposed visits", notes=_OVERLAP,
    ),
)  # fmt: skip
