-- name: arrivals
-- One row an arrival: a page view of a visit at a journey step, with the visit's dimensions and tags as `keys`,
-- "dimension=value" each, so that any segment is hasAll(keys, segment). Visits that do not count are left out.
-- `mask` has bit 1 for slow, 2 for error, 4 for struggle, 8 for slower than the limits of the step (`limited`: step and
-- device class, on two lines). `at` is the time in milliseconds since 1970.
SELECT
    v.site AS site,
    v.session_id AS session_id,
    v.page_view_id AS page_view_id,
    toUnixTimestamp64Milli(v.time) AS at,
    v.step AS step,
    toUnixTimestamp64Milli(v.session_start) AS begun,
    v.route AS route,
    v.path AS path,
    v.release AS release,
    v.lcp AS lcp,
    v.inp AS inp,
    v.lcp_by AS lcp_by,
    v.inp_by AS inp_by,
    v.errors AS errors,
    v.struggles AS struggles,
    v.requests AS requests,
    v.failed_requests AS failed_requests,
    v.resources AS resources,
    v.slowest_request_ms AS slowest_request_ms,
    v.slowest_resource_ms AS slowest_resource_ms,
    v.slow_by AS slow_by,
    length(v.errors) + length(v.failed_requests) AS failures,
    length(v.struggles) AS struggled,
    s.device_class AS device_class,
    s.country AS country,
    s.steps AS steps,
    s.orders AS orders,
    s.rating AS rating,
    concat(v.step, '\n', toString(s.device_class)) AS place,
    transform(place, {limited:Array(String)}, {request_limits:Array(Int64)}, 1000000000000) AS request_limit,
    transform(place, {limited:Array(String)}, {lcp_limits:Array(Int64)}, 1000000000000) AS lcp_limit,
    v.slowest_request_ms >= request_limit OR ifNull(v.lcp, 0) >= lcp_limit AS slower,
    toUInt8(v.slow + 2 * v.error + 4 * v.struggle + 8 * slower) AS mask,
    arrayConcat(s.visit_keys, v.page_keys) AS keys
FROM page_view_felt AS v
INNER JOIN visits_counted AS s ON s.site = v.site AND s.session_id = v.session_id
WHERE v.site = {site:String}
    AND s.site = {site:String}
    AND v.session_start >= fromUnixTimestamp64Milli({since:Int64} - 86400000, 'UTC')
    AND s.session_start >= fromUnixTimestamp64Milli({since:Int64} - 86400000, 'UTC')
    AND v.session_start < fromUnixTimestamp64Milli({until:Int64} + 86400000, 'UTC')
    AND s.session_start < fromUnixTimestamp64Milli({until:Int64} + 86400000, 'UTC')
    AND v.time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND v.time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND v.step != ''

-- name: measured
-- Arrivals at one step, whether they met the signal, and `felt`: what they felt of `measure`, ms or a count.
SELECT
    *,
    toBool(bitAnd(mask, {bit:UInt8}) != 0) AS affected,
    toFloat64(multiIf(
        {measure:String} = 'request', slowest_request_ms,
        {measure:String} = 'lcp', ifNull(lcp, 0),
        {measure:String} = 'inp', ifNull(inp, 0),
        {measure:String} = 'resource', slowest_resource_ms,
        {measure:String} = 'error', failures,
        struggled
    )) AS felt
FROM arrivals
WHERE site = {site:String} AND step = {step:String}
