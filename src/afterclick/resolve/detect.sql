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
-- Visits that arrived in the segment since the onset, when the last did, and those of them that met the signal.
SELECT
    uniqExact(session_id) AS arrived,
    max(at) AS came,
    uniqExactIf(session_id, bitAnd(mask, {bit:UInt8}) != 0) AS met,
    uniqExactIf(session_id, bitAnd(mask, {bit:UInt8}) != 0 AND at >= {recent:Int64}) AS recent
FROM arrivals
WHERE site = {site:String} AND step = {step:String} AND hasAll(keys, {segment:Array(String)})
