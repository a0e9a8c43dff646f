-- name: marks
SELECT
    toUnixTimestamp64Milli(events.time) AS time,
    toString(name) AS name,
    target,
    toString(release) AS release,
    message
FROM events
WHERE site = {site:String}
    AND type = 'mark'
    AND session_id = toUUID('00000000-0000-0000-0000-000000000000')
    AND session_start = fromUnixTimestamp64Milli(toInt64(0), 'UTC')
    AND events.time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND events.time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY events.time, event_id
LIMIT 50;
