"""What the business got."""

from afterclick.measure.metric import Metric

_SQL = "pages/overview/series.sql: visits"

METRICS = (
    Metric(
        "orders", "Orders", "Orders placed, each order id counted once, in the visit that told of it first.",
        "count", "more",
        sql=_SQL, method="count", n="orders", part="orders", whole="orders", version=2,
    ),
    Metric(
        "revenue", "Revenue",
        "Money from orders as placed, before refunds; other currencies by the rate of their day, else never added.",
        "money", "more",
        sql=_SQL, method="sum", n="orders", part="revenue", whole="sold", version=3,
        notes="It is in the currency of most orders of the period; what was paid in others and has no "
        "[rate](#exchange) is told apart from it.",
    ),
)  # fmt: skip
