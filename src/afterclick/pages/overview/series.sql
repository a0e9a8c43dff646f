-- name: visits
-- Visits by bucket, this period and the one before: what they felt, did and paid.
SELECT
    toInt64(roundDown(toUnixTimestamp64Milli(session_start), {edges:Array(Int64)})) AS bucket,
    count() AS visits,
    sum(converted) AS buyers,
    sum(n_orders) AS orders,
    toFloat64(sum(visits_counted.revenue)) AS revenue,
    sum(error) AS failed,
    sum(good) AS good_visits,
    countIf(rating.2 > 0) AS ratings,
    toFloat64(sumIf(rating.2, rating.2 > 0)) AS rating_sum,
    toString(max(visits_counted.currency)) AS currency
FROM visits_counted
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY bucket
ORDER BY bucket;

-- name: vitals
-- 75th percentile of page loads by bucket, and over each whole half (`bucket` 0): 1 this period, 2 the one before.
-- Each load enters one sketch, its bucket's; the halves merge those. A bucket lies in one half, as both begin at edges.
SELECT
    bucket,
    half,
    quantileBFloat16Merge(0.75)(lcp_sketch) AS lcp,
    quantileBFloat16Merge(0.75)(inp_sketch) AS inp,
    quantileBFloat16Merge(0.75)(cls_sketch) AS cls,
    sum(n_lcp) AS lcp_n,
    sum(n_inp) AS inp_n,
    sum(n_cls) AS cls_n
FROM (
    SELECT
        toInt64(roundDown(toUnixTimestamp64Milli(session_start), {edges:Array(Int64)})) AS bucket,
        multiIf(bucket >= {now_since:Int64}, 1, bucket < {before_until:Int64}, 2, 0) AS half,
        quantileBFloat16State(0.75)(lcp) AS lcp_sketch,
        quantileBFloat16State(0.75)(inp) AS inp_sketch,
        quantileBFloat16State(0.75)(cls) AS cls_sketch,
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
