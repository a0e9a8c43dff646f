"""What customers felt: slow, error and struggle, visits without any, and what they said."""

from afterclick.measure.felt import FELT
from afterclick.measure.metric import Metric
from afterclick.measure.usual import LEAST, LEAST_MS, RATIO

_VISITS = "pages/overview/series.sql: visits"
_FELT = "store/schema/views/page_view_felt.sql"
_STRUGGLES = "journeys/visit.sql: visit_events"


def _seconds(ms: float) -> str:
    return f"{ms / 1000:g} s"


METRICS = (
    Metric(
        "good_session", "Good sessions", "Share of visits without a slow page view, an error or a struggle.",
        "share", "more",
        sql=_VISITS, method="share", n="visits", part="good_visits", whole="visits", least=30,
    ),
    Metric(
        "slow", "Slow",
        f"A page view with LCP above {_seconds(FELT.lcp_ms)}, INP above {FELT.inp_ms:g} ms, a request of "
        f"{_seconds(FELT.request_ms)} or more, or a script, image or style of {_seconds(FELT.resource_ms)} or more.",
        "share", "less",
        sql=_FELT, method="definition", n="page views", least=30,
        notes="Scripts, images and styles are reported by the SDK when they take more than 1 s or fail.",
    ),
    Metric(
        "slower", "Slower than usual",
        f"A page view whose slowest request, or LCP, is at least {RATIO:g} times as long as the median of its step and "
        f"device class, and {_seconds(LEAST_MS)} longer.",
        "share", "less",
        sql="resolve/arrivals.sql: arrivals", method="definition", n="page views", least=LEAST,
        notes="While a problem is open at a step, the limits that it was opened with stay. Only problems are made "
        "of it: it is in no other figure.",
    ),
    Metric(
        "error", "Errors",
        "A page view with a script error, a request that got no answer, or a request or the page itself answered with "
        f"a status of {FELT.failed_status} or more.",
        "share", "less",
        sql=_VISITS, method="share", n="visits", part="failed", whole="visits", least=30,
        notes="A status of 400 to 499 is an answer: the customer typed a wrong voucher, not ours to mend.",
        version=2,
    ),
    Metric(
        "server_failures", "Failed server requests that no page view knows of",
        "Requests that failed at a server, by the span that their trace begins with, and whose trace no page view "
        "and no request of one carries.",
        "count", "less",
        sql="resolve/server.sql: unknown_failures", method="count", n="requests", part="failed", whole="failed",
        notes="Customers may have met them all the same: a page that the server answers without our script tells "
        "nothing. Where the page before told that it was left to it, it is a failed page of that visit; the others are "
        "counted beside the visits with errors, never among them.",
    ),
    Metric(
        "struggle", "Struggle", "A page view with a rage click, a dead click or an error click.", "share", "less",
        sql=_FELT, method="definition", n="page views", least=30,
    ),
    Metric(
        "rage_click", "Rage click", "Three or more quick clicks on one place.", "count", "less",
        sql=_STRUGGLES, method="definition", n="clicks",
    ),
    Metric(
        "dead_click", "Dead click", "A click on something that looks live and after which nothing happens.",
        "count", "less",
        sql=_STRUGGLES, method="definition", n="clicks",
    ),
    Metric(
        "error_click", "Error click", "A click that is followed at once by a script error.", "count", "less",
        sql=_STRUGGLES, method="definition", n="clicks",
    ),
    Metric(
        "rating", "Rating", "Mean of the answers 1 to 5 to the question how it was.", "score", "more",
        sql=_VISITS, method="mean", n="answers", part="rating_sum", whole="ratings",
    ),
)  # fmt: skip
