-- name: slices
-- What came of the visits that began in each slice of time: changes with every event and page view that comes or goes, which
-- an erasure takes away one after the other. Repetitions that are not merged yet are counted too, which does no harm:
-- `final` would cost more than the counting that this spares.
SELECT
    slice,
    sum(kept) AS events,
    count() - events AS views,
    sum(at) AS received,
    max(time) AS last
FROM
(
    SELECT
        intDiv(toUnixTimestamp64Milli(session_start), {slice:Int64}) * {slice:Int64} AS slice,
        1 AS kept,
        toUnixTimestamp64Milli(received) AS at,
        toUnixTimestamp64Milli(events.time) AS time
    FROM events
    WHERE site = {site:String} AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
    UNION ALL
    SELECT
        intDiv(toUnixTimestamp64Milli(session_start), {slice:Int64}) * {slice:Int64} AS slice,
        0 AS kept,
        0 AS at,
        0 AS time
    FROM page_views
    WHERE site = {site:String} AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
)
GROUP BY slice
ORDER BY slice
SETTINGS final = 0
