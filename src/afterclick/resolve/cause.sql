-- name: views
-- A sample of page views at the step: 'affected' (met the signal in the segment since the onset), 'before' (met it in
-- the segment before) and 'usual' (did not meet it, anyone, any time), each with what could be behind it.
SELECT
    toString(page_view_id) AS id,
    multiIf(bitAnd(mask, {bit:UInt8}) = 0, 'usual', at >= {onset:Int64}, 'affected', 'before') AS party,
    route,
    slowest.duration_ms AS request_ms,
    toBool(notEmpty(failed_requests)) AS request_failed,
    if(request_failed, failed, slowest) AS request_met,
    trimLeft(concat(request_met.method, ' ', request_met.target)) AS request,
    request_met.trace_id AS trace_id,
    heaviest.name AS resource,
    heaviest.source AS resource_source,
    heaviest.duration_ms AS resource_ms,
    ifNull(lcp, 0) AS lcp,
    lcp_by.target AS lcp_target,
    lcp_by.source AS lcp_source,
    ifNull(inp, 0) AS inp,
    inp_by.target AS inp_target,
    inp_by.source AS inp_source,
    errors[1].name AS error_name,
    -- A script that stands in the page has the page's own address, another one on each page of a route.
    if(startsWith(errors[1].source, concat(path, ':')), '', errors[1].source) AS error_source,
    struggles[1].target AS struggle_target,
    toFloat64(request_limit) AS request_limit,
    toFloat64(lcp_limit) AS lcp_limit
FROM
(
    SELECT
        *,
        arrayReverseSort(r -> r.duration_ms, requests)[1] AS slowest,
        arraySort(r -> (r.trace_id = '', r.time), failed_requests)[1] AS failed,
        arrayReverseSort(r -> r.duration_ms, resources)[1] AS heaviest
    FROM arrivals
    WHERE site = {site:String} AND step = {step:String}
        AND (bitAnd(mask, {bit:UInt8}) = 0 OR hasAll(keys, {segment:Array(String)}))
)
ORDER BY cityHash64(page_view_id)
LIMIT {sample:UInt32} BY party

-- name: releases
-- Arrivals at the step by release and device class, since the onset and before it, and when each release was first met.
SELECT
    toString(release) AS release,
    toString(device_class) AS device_class,
    countIf(at >= {onset:Int64}) AS since_n,
    countIf(at >= {onset:Int64} AND bitAnd(mask, {bit:UInt8}) != 0) AS since_x,
    countIf(at < {onset:Int64}) AS before_n,
    countIf(at < {onset:Int64} AND bitAnd(mask, {bit:UInt8}) != 0) AS before_x,
    min(at) AS first
FROM arrivals
WHERE site = {site:String} AND step = {step:String} AND release != ''
GROUP BY release, device_class
