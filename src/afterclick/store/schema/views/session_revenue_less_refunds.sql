-- What a visit paid, by currency, and what refunds leave of it: as `order_less_refunds` says it of each order.
-- `told` is each order in its own currency with the rate of the visit's day, `sums` the same as totals take it. Each is a
-- SELECT of its own: the engine plans an expression anew wherever its name is used.
CREATE VIEW session_revenue_less_refunds AS
SELECT
    * EXCEPT (told, sums, codes),
    toUInt8(notEmpty(told)) AS converted,
    length(told) AS n_orders,
    mapFromArrays(codes, arrayMap(code -> countEqual(sums.1, code), codes)) AS orders_in,
    mapFromArrays(codes, arrayMap(code -> arraySum(one -> if(one.1 = code, one.2, toDecimal128(0, 4)), sums), codes)) AS paid,
    mapFromArrays(codes, arrayMap(code -> arraySum(one -> if(one.1 = code, one.3, toDecimal128(0, 4)), sums), codes)) AS paid_net,
    codes[1] AS currency,
    paid[currency] AS revenue,
    paid_net[currency] AS revenue_net,
    arrayMap(
        (one, sum) -> CAST(
            tuple(one.1, sum.1, one.2, greatest(one.2 - one.3, toDecimal128(0, 4)), sum.2, sum.3, dictGet('exchange', 'day', (site, one.1), toUnixTimestamp64Milli(session_start))),
            'Tuple(currency String, into String, told Decimal(38, 4), told_net Decimal(38, 4), paid Decimal(38, 4), paid_net Decimal(38, 4), day Date)'),
        arrayFilter(one -> one.4 > 0, told), arrayFilter((sum, one) -> one.4 > 0, sums, told)) AS exchanged,
    toUInt8(arrayExists(one -> one.3 > one.2, told)) AS over_refunded,
    toUInt8(arrayExists(one -> one.5, told)) AS refunded_apart
FROM (
    SELECT *, arraySort(code -> (-countEqual(sums.1, code), code), arrayDistinct(sums.1)) AS codes
    FROM (
        SELECT
            *,
            arrayMap(one -> if(
                one.4 > 0,
                tuple(
                    dictGet('exchange', 'into', (site, one.1), toUnixTimestamp64Milli(session_start)),
                    CAST(round(toDecimal256(one.2, 4) * one.4, dictGet('exchange', 'decimals', (site, one.1), toUnixTimestamp64Milli(session_start))), 'Decimal(38, 4)'),
                    CAST(round(toDecimal256(greatest(one.2 - one.3, toDecimal128(0, 4)), 4) * one.4, dictGet('exchange', 'decimals', (site, one.1), toUnixTimestamp64Milli(session_start))), 'Decimal(38, 4)')),
                tuple(one.1, toDecimal128(one.2, 4), greatest(one.2 - one.3, toDecimal128(0, 4)))), told) AS sums
        FROM (
            WITH mapFilter((id, money) -> NOT has(told_before, id), sessions.orders) AS own
            SELECT
                * REPLACE (own AS orders),
                user_id, landing_host, landing_path, referrer, channel, campaign, country, region, device_class, device_tier, browser, os, visitor, release,
                arrayMap((id, money) -> tuple(
                    money.currency,
                    money.revenue,
                    greatest(
                        arraySum(one -> if(one.order_id = id AND one.currency = money.currency, one.revenue, toDecimal64(0, 4)), mapValues(refunds)),
                        if(arrayExists(one -> one.order_id = id AND one.currency = '' AND one.revenue = 0, mapValues(refunds)), money.revenue, toDecimal64(0, 4))),
                    dictGet('exchange', 'rate', (site, money.currency), toUnixTimestamp64Milli(session_start)),
                    arrayExists(one -> one.order_id = id AND one.currency NOT IN ('', money.currency), mapValues(refunds))
                ), mapKeys(own), mapValues(own)) AS told
            FROM sessions
        )
    )
)
