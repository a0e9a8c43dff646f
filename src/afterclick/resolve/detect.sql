-- name: scan
-- Arrivals by step, time bucket, one key at a time ('' is everyone), mask and what it was slow by
-- (0 for not slow). Buckets widen with age.
-- Keys with too few arrivals to ever be evidence are left out. `excluded` leaves out segments already found,
-- each as its keys on lines.
SELECT step, bucket, key, mask, kind, count() AS views
FROM
(
    SELECT
        step,
        mask,
        indexOf(['request', 'lcp', 'inp', 'resource'], slow_by) AS kind,
        multiIf(
            at >= {fine_from:Int64}, intDiv(at, {fine:Int64}) * {fine:Int64},
            at >= {middle_from:Int64}, intDiv(at, {middle:Int64}) * {middle:Int64},
            at >= {coarse_from:Int64}, intDiv(at, {coarse:Int64}) * {coarse:Int64},
            intDiv(at, {coarsest:Int64}) * {coarsest:Int64}
        ) AS bucket,
        arrayJoin(arrayPushFront(keys, '')) AS key
    FROM arrivals
    WHERE site = {site:String}
        AND (empty({steps:Array(String)}) OR has({steps:Array(String)}, step))
        AND NOT arrayExists(segment -> hasAll(keys, splitByChar('\n', segment)), {excluded:Array(String)})
)
GROUP BY step, bucket, key, mask, kind
QUALIFY sum(views) OVER (PARTITION BY step, key) >= {least:UInt32}

-- name: pairs
-- The same for keys joined to one segment: arrivals of the segment since the onset and before it, by further key.
SELECT
    arrayJoin(keys) AS key,
    at >= {onset:Int64} AS since_onset,
    count() AS views,
    countIf(bitAnd(mask, {bit:UInt8}) != 0) AS exposed
FROM arrivals
WHERE site = {site:String} AND step = {step:String} AND hasAll(keys, {segment:Array(String)})
    AND NOT has({segment:Array(String)}, key)
    AND NOT arrayExists(segment -> hasAll(keys, splitByChar('\n', segment)), {excluded:Array(String)})
GROUP BY key, since_onset

-- name: around
-- Arrivals and exposed of one segment in narrow buckets, to place the onset.
SELECT
    intDiv(at, {width:Int64}) * {width:Int64} AS bucket,
    count() AS views,
    countIf(bitAnd(mask, {bit:UInt8}) != 0) AS exposed
FROM arrivals
WHERE site = {site:String} AND step = {step:String} AND hasAll(keys, {segment:Array(String)})
GROUP BY bucket
ORDER BY bucket

-- name: visits
-- Visits that arrived in the segment since the onset, and those of them that met the signal.
SELECT
    uniqExact(session_id) AS arrived,
    uniqExactIf(session_id, bitAnd(mask, {bit:UInt8}) != 0) AS met,
    uniqExactIf(session_id, bitAnd(mask, {bit:UInt8}) != 0 AND at >= {recent:Int64}) AS recent
FROM arrivals
WHERE site = {site:String} AND step = {step:String} AND hasAll(keys, {segment:Array(String)})
