"""What the business got."""

from afterclick.measure.metric import Metric

_SQL = "pages/overview/series.sql: visits"

METRICS = (
    Metric(
        "orders", "Orders", "Orders placed, each order id counted once.", "count", "more",
        sql=_SQL, method="count", n="orders", part="orders", whole="orders",
    ),
    Metric(
        "revenue", "Revenue", "Money from orders as placed, before refunds.", "money", "more",
        sql=_SQL, method="sum", n="orders", part="revenue", whole="orders",
    ),
)  # fmt: skip
