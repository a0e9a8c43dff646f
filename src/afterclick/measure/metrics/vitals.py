"""How fast pages were. Limits: https://web.dev/articles/vitals, assessed at the 75th percentile of page views."""

from afterclick.measure.felt import FELT
from afterclick.measure.metric import Limits, Metric, Unit

_READ = "pages/overview/series.sql: vitals"
_KEPT = "store/schema/views/page_views_of.sql"


def _vital(
    key: str, name: str, words: str, good: float, poor: float, unit: Unit = "ms", *, sql: str = _READ
) -> Metric:
    shown = [f"{limit:,g} ms" if unit == "ms" else f"{limit:g}" for limit in (good, poor)]
    return Metric(
        key, name, words, unit, "less",
        sql=sql, method="p75", n="page loads", part=key, whole=f"{key}_n",
        notes=f"Good up to {shown[0]}, poor above {shown[1]} ([web.dev](https://web.dev/articles/{key})).",
        limits=Limits(good, poor), least=20,
    )  # fmt: skip


METRICS = (
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
        sql=_KEPT,
    ),
    _vital(
        "ttfb",
        "Time to first byte",
        "Time from the start of navigation to the first byte of the answer, 75th percentile of page views.",
        800,
        1800,
        sql=_KEPT,
    ),
)
