-- name: services
-- Services that had enough bad requests lately to be looked at: a small table tells, so that a quiet site costs nothing.
SELECT toString(service) AS service
FROM server_signals
WHERE site = {site:String}
    AND minute >= fromUnixTimestamp64Milli({lately:Int64}, 'UTC')
    AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (failed OR duration_ms >= {slow_ms:Float64})
GROUP BY service
HAVING count() >= {least_exposed:UInt32}
ORDER BY service

-- name: scan
-- Requests of services by time bucket, route and signals, in the shape of the scan of arrivals; the step is the service.
-- Only signals that no page view knows of are signals here: of the others the page views tell.
SELECT step, bucket, key, mask, kind, toInt64(sum(n)) AS views
FROM
(
    SELECT
        service AS step,
        {bucket} AS bucket,
        arrayJoin(['', concat('route=', operation)]) AS key,
        mask,
        bitAnd(mask, 1) AS kind,
        n
    FROM counted
)
GROUP BY step, bucket, key, mask, kind
QUALIFY sum(views) OVER (PARTITION BY step, key) >= {least:UInt32}

-- name: around
-- Requests of one service, or of one route of it, by the minute.
SELECT
    at AS bucket,
    toInt64(sum(n)) AS views,
    toInt64(sumIf(n, bitAnd(mask, {bit:UInt8}) != 0)) AS exposed
FROM counted
WHERE {route:String} = '' OR operation = {route:String}
GROUP BY bucket
ORDER BY bucket

-- name: exposure
-- The same in buckets of `width`, for the evidence.
SELECT
    intDiv(at, {width:Int64}) * {width:Int64} AS time,
    {width:Int64} AS width,
    toInt64(sum(n)) AS arrivals,
    toInt64(sumIf(n, bitAnd(mask, {bit:UInt8}) != 0)) AS exposed
FROM counted
WHERE {route:String} = '' OR operation = {route:String}
GROUP BY time
ORDER BY time

-- name: routes
-- Requests and bad ones of the service's routes.
SELECT
    concat('route=', operation) AS key,
    toInt64(sum(counted.n)) AS n,
    toInt64(sumIf(counted.n, bitAnd(mask, {bit:UInt8}) != 0)) AS hits
FROM counted
GROUP BY key
HAVING n >= {least:UInt32}
ORDER BY hits / n DESC, key
LIMIT 200

-- name: sample
-- Some of the bad requests, newest first.
SELECT
    trace_id,
    toString(operation) AS operation,
    http_status,
    splitByChar(':', exception)[1] AS exception,
    toFloat64(duration_ms) AS duration_ms
FROM unknown
WHERE bitAnd(met, {bit:UInt8}) != 0 AND ({route:String} = '' OR operation = {route:String})
ORDER BY at DESC, trace_id
LIMIT {sample:UInt32}

-- name: unknown_failures
-- Failed requests by route, most first.
SELECT
    toString(service) AS service,
    toString(operation) AS operation,
    count() AS failed,
    topK(1)(http_status)[1] AS http_status
FROM unknown
WHERE bitAnd(met, 2) != 0
GROUP BY service, operation
ORDER BY failed DESC, service, operation
LIMIT 1000

-- name: unknown
-- Bad requests of the services, of all where none is named, that no page view knows of; `met` has bit 1 for slow and 2 for failed.
SELECT
    service,
    operation,
    trace_id,
    span_id,
    http_status,
    exception,
    duration_ms,
    toUnixTimestamp64Milli(minute) AS at,
    toUInt8((duration_ms >= {slow_ms:Float64}) + 2 * failed) AS met
FROM server_signals
WHERE site = {site:String}
    AND (empty({services:Array(String)}) OR service IN {services:Array(String)})
    AND minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (failed OR duration_ms >= {slow_ms:Float64})
    AND trace_id NOT IN (SELECT trace_id FROM known)

-- name: told
-- The page views that bad requests of the services belong to.
SELECT trace_id, session_start, session_id, page_view_id
FROM trace_visits
WHERE site = {site:String} AND trace_id IN (
    SELECT trace_id FROM server_signals
    WHERE site = {site:String}
        AND (empty({services:Array(String)}) OR service IN {services:Array(String)})
        AND minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
)

-- name: told_by_pages
-- Of these, without the pages that only the server told of, but for those at steps where that is a problem already.
SELECT trace_id
FROM told
WHERE page_view_id NOT IN (
    SELECT page_view_id
    FROM events
    WHERE site = {site:String}
        AND (session_start, session_id) IN (SELECT session_start, session_id FROM told)
        AND type = 'page_view'
        AND source = {told_by:String}
        AND step NOT IN {at_steps:Array(String)}
)

-- name: counted
-- All requests of the services: those with signals by themselves, taken off the rest.
SELECT service, operation, toUnixTimestamp64Milli(minute) AS at, toUInt8(0) AS mask, toInt64(spans) AS n
FROM service_minutes
WHERE site = {site:String}
    AND kind = 'server'
    AND service IN {services:Array(String)}
    AND minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
UNION ALL
SELECT service, operation, at, part.1 AS mask, toInt64(part.2) AS n
FROM unknown
ARRAY JOIN [tuple(met, 1), tuple(toUInt8(0), -1)] AS part
