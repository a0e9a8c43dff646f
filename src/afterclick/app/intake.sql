-- name: last_received
-- When the newest row of the visits that began since {since} was received, UTC ms; 0 when there is none.
SELECT toUnixTimestamp64Milli(max(received)) AS last
FROM events
WHERE site = {site:String} AND session_start >= fromUnixTimestamp64Milli({since:Int64});

-- name: begun
-- Whether anything of the site ever came.
SELECT count() AS n
FROM (
    SELECT site FROM events WHERE site = {site:String} LIMIT 1
    UNION ALL
    SELECT site FROM spans WHERE site = {site:String} LIMIT 1
)
SETTINGS final = 0;
