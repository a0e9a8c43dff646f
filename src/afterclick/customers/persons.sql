-- name: persons
-- Persons who began a visit that counts in the period. Numbers are dense, so a bitmap counts them exactly, and cheaper.
SELECT groupBitmap(person) AS persons
FROM people_counted
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC');

-- name: persons_by_bucket
-- Persons by bucket, and over each whole half (`bucket` 0): 1 this period, 2 the one before; a person of two buckets
-- counts in both, and once in the half.
SELECT
    bucket,
    half,
    groupBitmapMerge(state) AS persons
FROM (
    SELECT
        toInt64(roundDown(toUnixTimestamp64Milli(session_start), {edges:Array(Int64)})) AS bucket,
        multiIf(bucket >= {now_since:Int64}, 1, bucket < {before_until:Int64}, 2, 0) AS half,
        groupBitmapState(person) AS state
    FROM people_counted
    WHERE site = {site:String}
        AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    GROUP BY bucket
)
GROUP BY GROUPING SETS ((bucket), (half))
ORDER BY bucket, half;

-- name: person_of
-- Whose visit it is, and what else is known of them.
SELECT
    person AS number,
    count() AS visits,
    uniqExactIf(device_id, device_id != '') AS devices,
    uniqExactIf(user_id, user_id != '') AS users,
    toUnixTimestamp64Milli(min(session_start)) AS first,
    toUnixTimestamp64Milli(max(session_start)) AS last
FROM session_person
WHERE site = {site:String}
    AND person != 0
    AND person = (
        SELECT max(person) FROM session_person
        WHERE site = {site:String}
            AND session_start = UUIDv7ToDateTime({session_id:UUID}, 'UTC')
            AND session_id = {session_id:UUID}
    )
GROUP BY person;
