-- What refunds leave of an order: those of its own currency, and never less than nothing, which is flagged instead.
-- A refund without a sum and a currency takes what is left.
CREATE VIEW order_less_refunds AS
SELECT
    *,
    session_id,
    session_start,
    revenue,
    currency,
    greatest(
        arraySum(one -> if(one.currency = orders.currency, one.revenue, toDecimal64(0, 4)), mapValues(orders.refunds)),
        if(arrayExists(one -> one.currency = '' AND one.revenue = 0, mapValues(orders.refunds)), orders.revenue, toDecimal64(0, 4))) AS refunded,
    greatest(orders.revenue - refunded, toDecimal128(0, 4)) AS revenue_net,
    toUInt8(refunded > orders.revenue) AS over_refunded
FROM orders
