-- name: late
-- From when to when visits began of which many page views came long after they happened, and when the last of these did.
SELECT min(begun) AS since, max(begun) + {slice:Int64} AS until, max(newest) AS received
FROM
(
    SELECT
        intDiv(toUnixTimestamp64Milli(session_start), {slice:Int64}) * {slice:Int64} AS begun,
        max(toUnixTimestamp64Milli(events.received)) AS newest
    FROM events
    WHERE site = {site:String}
        AND type = 'page_view'
        AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({visits_until:Int64}, 'UTC')
        AND events.received > fromUnixTimestamp64Milli({looked_at:Int64}, 'UTC')
        AND toUnixTimestamp64Milli(events.received) >= toUnixTimestamp64Milli(events.time) + {apart:Int64}
    GROUP BY begun
    HAVING count() >= {least:UInt32}
)
HAVING count() > 0
SETTINGS final = 0
