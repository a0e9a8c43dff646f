-- name: left_out
-- The one figure that those who do not count are part of.
SELECT
    count() AS visits,
    countIf(NOT counted) AS left_out,
    countIf(device_class = 'bot') AS bots,
    countIf(device_class = 'program') AS programs,
    countIf(device_class = 'internal') AS internal,
    countIf(NOT counted AND device_class = '') AS servers
FROM session_felt
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC');
