-- name: begun
-- Which of these visits have events already. The time of each is in its id, and leads to it by the table's order.
SELECT DISTINCT toString(session_id) AS id FROM events
WHERE site = {site:String}
    AND session_start IN (SELECT fromUnixTimestamp64Milli(arrayJoin({starts:Array(Int64)}), 'UTC'))
    AND session_id IN {ids:Array(UUID)};
