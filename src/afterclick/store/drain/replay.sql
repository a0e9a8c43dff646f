-- Which of some ids the store has: what makes a row of each kind itself, wherever it was put.
-- name: events
SELECT DISTINCT toString(event_id) AS id
FROM events
WHERE site = {site:String} AND toString(event_id) IN {ids:Array(String)}

-- name: spans
SELECT DISTINCT concat(trace_id, span_id) AS id
FROM spans
WHERE site = {site:String} AND concat(trace_id, span_id) IN {ids:Array(String)}

-- name: metrics
SELECT DISTINCT concat(series, toString(time_ns)) AS id
FROM metrics
WHERE site = {site:String} AND concat(series, toString(time_ns)) IN {ids:Array(String)}

-- name: logs
SELECT DISTINCT toString(log_id) AS id
FROM logs
WHERE site = {site:String} AND toString(log_id) IN {ids:Array(String)}
