-- name: counted
-- Arrivals by when their visit began (`slice`), step, time bucket, one key at a time ('' is everyone), mask and what it was
-- slow by (0 for not slow). Buckets widen with age. Of the named steps, or all; of arrivals in any of the segments
-- `inside`, or all; without those in any of the segments `excluded`: each segment is its keys on lines.
SELECT
    intDiv(begun, {slice:Int64}) * {slice:Int64} AS slice,
    step,
    mask,
    indexOf(['request', 'lcp', 'inp', 'resource'], slow_by) AS kind,
    {bucket} AS bucket,
    arrayJoin(arrayPushFront(keys, '')) AS key,
    count() AS views
FROM arrivals
WHERE site = {site:String}
    AND (empty({steps:Array(String)}) OR has({steps:Array(String)}, step))
    AND (empty({inside:Array(String)})
        OR arrayExists(segment -> hasAll(keys, splitByChar('\n', segment)), {inside:Array(String)}))
    AND NOT arrayExists(segment -> hasAll(keys, splitByChar('\n', segment)), {excluded:Array(String)})
GROUP BY slice, step, bucket, key, mask, kind
LIMIT {most:UInt64}

-- name: counted_at_once
-- The same of all visits together, without the keys that have too few arrivals to ever be evidence.
SELECT step, bucket, key, mask, kind, count() AS views
FROM
(
    SELECT
        step,
        mask,
        indexOf(['request', 'lcp', 'inp', 'resource'], slow_by) AS kind,
        {bucket} AS bucket,
        arrayJoin(arrayPushFront(keys, '')) AS key
    FROM arrivals
    WHERE site = {site:String}
)
GROUP BY step, bucket, key, mask, kind
QUALIFY sum(views) OVER (PARTITION BY step, key) >= {least:UInt32}
