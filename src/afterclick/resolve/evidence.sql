-- name: felt_by
-- What most affected page views were slow by, and the step that unaffected visits most often go on to for the first time.
SELECT
    topKIf(1)(toString(slow_by), affected)[1] AS slow_by,
    topKIf(1)(next, NOT affected AND next != '')[1] AS next
FROM
(
    SELECT
        slow_by,
        bitAnd(mask, {bit:UInt8}) != 0 AND hasAll(keys, {segment:Array(String)}) AS affected,
        arrayFirst(
            other -> NOT has(arrayFilter(one -> toUnixTimestamp64Milli(one.time) <= at, steps).step, other.step),
            arraySort(other -> other.time, steps)
        ).step AS next
    FROM arrivals
    WHERE site = {site:String} AND step = {step:String}
)

-- name: spread
-- Size, median and top of the felt measure by party: affected, and everyone at the step who did not meet the signal.
SELECT
    affected,
    count() AS n,
    quantileExact(0.5)(felt) AS median,
    quantileExact(0.98)(felt) AS top
FROM measured
WHERE site = {site:String} AND (NOT affected OR hasAll(keys, {segment:Array(String)}))
GROUP BY affected

-- name: bins
-- The same measure in equal bins of `width`, the last one taking what lies above.
SELECT
    least(toUInt32(felt / {width:Float64}), {last:UInt32}) AS bin,
    toUInt64(countIf(affected)) AS affected_n,
    toUInt64(countIf(NOT affected)) AS unaffected_n
FROM measured
WHERE site = {site:String} AND (NOT affected OR hasAll(keys, {segment:Array(String)}))
GROUP BY bin
ORDER BY bin

-- name: journey
-- Visits that went on to the step `next` after arriving, affected against those that met nothing.
SELECT
    affected,
    count() AS n,
    countIf(went_on) AS hits
FROM
(
    SELECT
        session_id,
        toBool(max(bitAnd(mask, {bit:UInt8}) != 0)) AS affected,
        max(arrayExists(
            other -> other.step = {next:String} AND toUnixTimestamp64Milli(other.time) > at, steps
        )) AS went_on
    FROM arrivals
    WHERE site = {site:String} AND step = {step:String} AND hasAll(keys, {segment:Array(String)})
    GROUP BY session_id
)
GROUP BY affected

-- name: exposure
-- Arrivals in the segment over time, from before the onset.
SELECT
    intDiv(at, {width:Int64}) * {width:Int64} AS time,
    {width:Int64} AS width,
    count() AS arrivals,
    countIf(bitAnd(mask, {bit:UInt8}) != 0) AS exposed
FROM arrivals
WHERE site = {site:String} AND step = {step:String} AND hasAll(keys, {segment:Array(String)})
GROUP BY time
ORDER BY time

-- name: breakdown
-- Arrivals at the step and exposed of them by every key.
SELECT
    arrayJoin(keys) AS key,
    count() AS n,
    countIf(bitAnd(mask, {bit:UInt8}) != 0) AS hits
FROM arrivals
WHERE site = {site:String} AND step = {step:String}
GROUP BY key
HAVING n >= {least:UInt32}
ORDER BY hits / n DESC, key
LIMIT 200

-- name: samples
-- A few affected visits of each outcome, those who said something and those who felt it most first.
SELECT
    toString(session_id) AS session_id,
    toString(page_view_id) AS page_view_id,
    at AS time,
    felt,
    outcome,
    toString(device_class) AS device_class,
    toString(country) AS country,
    if(stars > 0, stars, NULL) AS rating,
    trace_id
FROM
(
    SELECT
        session_id,
        page_view_id,
        at,
        device_class,
        country,
        toFloat64(rating.value) AS stars,
        multiIf(
            notEmpty(orders), 'ordered',
            arrayExists(other -> toUnixTimestamp64Milli(other.time) > at AND other.step != step, steps), 'went on',
            'left'
        ) AS outcome,
        felt,
        arrayReverseSort(
            r -> (r.trace_id != '', r.duration_ms), if(notEmpty(failed_requests), failed_requests, requests)
        )[1].trace_id AS trace_id
    FROM measured
    WHERE site = {site:String} AND affected AND hasAll(keys, {segment:Array(String)})
)
ORDER BY stars > 0 DESC, felt DESC, page_view_id
LIMIT 4 BY outcome
