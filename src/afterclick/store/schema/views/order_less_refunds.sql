-- What refunds leave of an order: those of its own currency, and never less than nothing, which is flagged instead, as are
-- those of another currency, which take nothing.
-- A refund without a sum and a currency takes what is left.
-- `booked` is what totals take of it: by the rate of its day, else in its own currency. docs/definitions.md#exchange
CREATE VIEW order_less_refunds AS
WITH
    dictGet(
        'exchange', ('into', 'rate', 'decimals'), (site, toString(currency)),
        toUnixTimestamp64Milli(if(toUnixTimestamp64Milli(session_start) > 0, session_start, orders.time))) AS exchange
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
    toUInt8(refunded > orders.revenue) AS over_refunded,
    toUInt8(arrayExists(one -> one.currency NOT IN ('', orders.currency), mapValues(orders.refunds))) AS refunded_apart,
    if(exchange.2 > 0, exchange.1, toString(currency)) AS booked_currency,
    if(exchange.2 > 0, CAST(round(toDecimal256(orders.revenue, 4) * exchange.2, exchange.3), 'Decimal(38, 4)'), toDecimal128(orders.revenue, 4)) AS booked,
    if(exchange.2 > 0, CAST(round(toDecimal256(revenue_net, 4) * exchange.2, exchange.3), 'Decimal(38, 4)'), revenue_net) AS booked_net
FROM orders
