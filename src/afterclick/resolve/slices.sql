-- name: slices
-- What came of the visits that began in each slice of time: changes with every event that comes or goes. Repetitions that
-- are not merged yet are counted too, which does no harm: `final` would cost more than the counting that this spares.
SELECT
    intDiv(toUnixTimestamp64Milli(session_start), {slice:Int64}) * {slice:Int64} AS slice,
    count() AS events,
    sum(toUnixTimestamp64Milli(received)) AS received,
    toUnixTimestamp64Milli(max(time)) AS last
FROM events
WHERE site = {site:String} AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
GROUP BY slice
ORDER BY slice
SETTINGS final = 0
