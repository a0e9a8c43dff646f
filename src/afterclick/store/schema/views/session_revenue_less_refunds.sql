-- What a visit paid: its orders, and what refunds leave of their revenue.
CREATE VIEW session_revenue_less_refunds AS
SELECT
    *,
    toUInt8(notEmpty(orders)) AS converted,
    length(orders) AS n_orders,
    arraySum(mapValues(orders)) AS revenue,
    revenue - arraySum(mapValues(refunds)) AS revenue_net
FROM sessions
