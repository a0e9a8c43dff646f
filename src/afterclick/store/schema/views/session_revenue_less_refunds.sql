-- What a visit paid, by currency, and what refunds leave of it: as `order_less_refunds` says it of each order.
CREATE VIEW session_revenue_less_refunds AS
WITH
    mapFilter((id, money) -> NOT has(told_before, id), sessions.orders) AS own,
    arrayMap((id, money) -> tuple(
        money.currency,
        money.revenue,
        greatest(
            arraySum(one -> if(one.order_id = id AND one.currency = money.currency, one.revenue, toDecimal64(0, 4)), mapValues(sessions.refunds)),
            if(arrayExists(one -> one.order_id = id AND one.currency = '' AND one.revenue = 0, mapValues(sessions.refunds)), money.revenue, toDecimal64(0, 4)))
    ), mapKeys(own), mapValues(own)) AS sums,
    arraySort(code -> (-countEqual(sums.1, code), code), arrayDistinct(sums.1)) AS codes
SELECT
    * REPLACE (own AS orders),
    user_id, landing_host, landing_path, referrer, channel, campaign, country, region, device_class, device_tier, browser, os, visitor, release,
    toUInt8(notEmpty(own)) AS converted,
    length(own) AS n_orders,
    mapFromArrays(codes, arrayMap(code -> arraySum(one -> if(one.1 = code, one.2, toDecimal64(0, 4)), sums), codes)) AS paid,
    mapFromArrays(codes, arrayMap(
        code -> arraySum(one -> if(one.1 = code, greatest(one.2 - one.3, toDecimal128(0, 4)), toDecimal128(0, 4)), sums), codes)) AS paid_net,
    codes[1] AS currency,
    paid[currency] AS revenue,
    paid_net[currency] AS revenue_net,
    toUInt8(arrayExists(one -> one.3 > one.2, sums)) AS over_refunded
FROM sessions
