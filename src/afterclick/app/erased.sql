-- name: known_ids
SELECT 'user' AS kind, user_id AS id FROM events WHERE site = {site:String} AND user_id != '' GROUP BY user_id
UNION ALL
SELECT 'device' AS kind, device_id AS id FROM events WHERE site = {site:String} AND device_id != '' GROUP BY device_id
