-- name: visits
-- Visits by bucket, this period and the one before: what they felt, did and paid. Money is that of the currency of most
-- orders of all of them, after those that a rate converts; `paid` holds it of each currency.
SELECT
    * EXCEPT (paid, orders_in),
    CAST(buckets.paid, 'Array(Tuple(currency String, amount Float64))') AS paid,
    arraySort(code -> (-all_orders[code], code), mapKeys(sumMap(orders_in) OVER () AS all_orders))[1] AS currency,
    toFloat64(buckets.paid[currency]) AS revenue,
    orders_in[currency] AS sold
FROM (
    SELECT
        toInt64(roundDown(toUnixTimestamp64Milli(session_start), {edges:Array(Int64)})) AS bucket,
        count() AS visits,
        sum(converted) AS buyers,
        sum(n_orders) AS orders,
        sumMap(visits_counted.paid) AS paid,
        sumMap(visits_counted.orders_in) AS orders_in,
        sum(error) AS failed,
        sum(good) AS good_visits,
        countIf(rating.2 > 0) AS ratings,
        toFloat64(sumIf(rating.2, rating.2 > 0)) AS rating_sum,
        toFloat64(sumIf(rating.2 * rating.2, rating.2 > 0)) AS rating_sum_squares
    FROM visits_counted
    WHERE site = {site:String}
        AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    GROUP BY bucket
) AS buckets
ORDER BY bucket;

-- name: vitals
-- 75th percentile of page loads by bucket, and over each whole half (`bucket` 0): 1 this period, 2 the one before.
-- `_quantiles` are those at the levels of measure/figure.py, of which the interval is made; the 9th is that at 0.75.
-- Each load enters one sketch, its bucket's; the halves merge those. A bucket lies in one half, as both begin at edges.
SELECT
    bucket,
    half,
    if(lcp_n > 0, lcp_quantiles[9], NULL) AS lcp,
    if(inp_n > 0, inp_quantiles[9], NULL) AS inp,
    if(cls_n > 0, cls_quantiles[9], NULL) AS cls,
    quantilesBFloat16Merge(0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.8, 0.85, 0.9, 0.95, 1)(lcp_sketch) AS lcp_quantiles,
    quantilesBFloat16Merge(0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.8, 0.85, 0.9, 0.95, 1)(inp_sketch) AS inp_quantiles,
    quantilesBFloat16Merge(0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.8, 0.85, 0.9, 0.95, 1)(cls_sketch) AS cls_quantiles,
    sum(n_lcp) AS lcp_n,
    sum(n_inp) AS inp_n,
    sum(n_cls) AS cls_n
FROM (
    SELECT
        toInt64(roundDown(toUnixTimestamp64Milli(session_start), {edges:Array(Int64)})) AS bucket,
        multiIf(bucket >= {now_since:Int64}, 1, bucket < {before_until:Int64}, 2, 0) AS half,
        quantilesBFloat16State(0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.8, 0.85, 0.9, 0.95, 1)(lcp) AS lcp_sketch,
        quantilesBFloat16State(0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.8, 0.85, 0.9, 0.95, 1)(inp) AS inp_sketch,
        quantilesBFloat16State(0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.8, 0.85, 0.9, 0.95, 1)(cls) AS cls_sketch,
        count(lcp) AS n_lcp,
        count(inp) AS n_inp,
        count(cls) AS n_cls
    FROM page_views
    WHERE site = {site:String}
        AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND session_id NOT IN (
            SELECT session_id FROM visits_left_out
            WHERE site = {site:String}
                AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        )
    GROUP BY bucket
)
GROUP BY GROUPING SETS ((bucket), (half))
ORDER BY bucket, half;
