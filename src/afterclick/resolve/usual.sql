-- name: usual
-- The usual waits at each step, by device class, most arrivals first: medians of the slowest request and of LCP.
SELECT
    step,
    toString(device_class) AS device_class,
    countIf(slowest_request_ms > 0) AS requests,
    if(requests > 0, quantileBFloat16If(0.5)(slowest_request_ms, slowest_request_ms > 0), 0.) AS request_ms,
    countIf(ifNull(lcp, 0) > 0) AS paints,
    if(paints > 0, quantileBFloat16If(0.5)(ifNull(lcp, 0.), ifNull(lcp, 0) > 0), 0.) AS lcp_ms
FROM arrivals
WHERE site = {site:String}
GROUP BY step, device_class
HAVING greatest(requests, paints) >= {least:UInt32}
ORDER BY step, count() DESC, device_class

-- name: waits
-- What the segment's arrivals wait for: the measure by which most of them are slower than usual since the onset, with
-- quantiles of these, and the median of all before it.
SELECT
    one.1 AS measure,
    countIf(at >= {onset:Int64} AND one.2 >= one.3) AS n,
    quantilesExactIf(0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)(
        one.2, at >= {onset:Int64} AND one.2 >= one.3) AS quantiles,
    countIf(at < {onset:Int64} AND one.2 > 0) AS n_before,
    if(n_before > 0, quantileExactIf(0.5)(one.2, at < {onset:Int64} AND one.2 > 0), 0.) AS before_ms
FROM
(
    SELECT
        at,
        arrayJoin([
            ('request', toFloat64(slowest_request_ms), request_limit),
            ('lcp', toFloat64(ifNull(lcp, 0)), lcp_limit)]) AS one
    FROM arrivals
    WHERE site = {site:String} AND step = {step:String} AND hasAll(keys, {segment:Array(String)})
)
GROUP BY measure
ORDER BY n DESC, measure DESC
LIMIT 1
