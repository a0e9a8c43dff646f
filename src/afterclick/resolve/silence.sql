-- name: ends
-- When the first visit began, and when anybody who counts last did anything, UTC ms.
SELECT
    min(toUnixTimestamp64Milli(session_start)) AS first,
    max(toUnixTimestamp64Milli(visits_counted.last)) AS last
FROM visits_counted
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
HAVING count() > 0;

-- name: same_hours
-- Visits that began at the hours of the silence, by how many days ago: on the `days` days of which it is no part.
SELECT intDiv({now:Int64} - toUnixTimestamp64Milli(session_start), 86400000) AS day, count() AS visits
FROM visits_counted
WHERE site = {site:String}
    AND session_start > fromUnixTimestamp64Milli({now:Int64} - 86400000 * ({passed:Int64} + {days:Int64}), 'UTC')
    AND session_start <= fromUnixTimestamp64Milli({now:Int64} - 86400000 * {passed:Int64}, 'UTC')
    AND ({now:Int64} - toUnixTimestamp64Milli(session_start)) % 86400000 < {quiet:Int64}
GROUP BY day;

-- name: came_live
-- Events of the hour before the silence that were received within an hour; of a historical key, `received` is the time.
SELECT countIf(received != time AND received < addMilliseconds(time, {hour:Int64})) AS live
FROM events
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64} - 86400000, 'UTC')
    AND session_start <= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND time > fromUnixTimestamp64Milli({since:Int64} - {hour:Int64}, 'UTC')
    AND time <= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
