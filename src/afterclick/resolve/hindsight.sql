-- name: views
-- Page views by when their visit began, in slices of time. Repetitions that are not merged yet are counted too.
SELECT intDiv(toUnixTimestamp64Milli(session_start), {slice:Int64}) * {slice:Int64} AS slice, count() AS views
FROM events
WHERE site = {site:String}
    AND type = 'page_view'
    AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({visits_until:Int64}, 'UTC')
GROUP BY slice
ORDER BY slice
SETTINGS final = 0
