-- name: operations
-- Each operation's own time in the traces, and whether an error began in it: what its children do not account for.
SELECT
    spans.trace_id AS trace_id,
    toString(spans.service) AS service,
    toString(spans.name) AS operation,
    toString(spans.peer) AS peer,
    sum(greatest(toFloat64(spans.duration_ns) - toFloat64(children.duration_ns), 0.0)) / 1e6 AS own_ms,
    toBool(max(spans.status = 'error' AND children.failed = 0)) AS failed
FROM spans
LEFT JOIN
(
    SELECT trace_id, parent_span_id, sum(duration_ns) AS duration_ns, max(status = 'error') AS failed
    FROM spans
    WHERE site = {site:String}
        AND time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND trace_id IN {traces:Array(String)}
    GROUP BY trace_id, parent_span_id
) AS children ON children.trace_id = spans.trace_id AND children.parent_span_id = spans.span_id
WHERE spans.site = {site:String}
    AND spans.time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND spans.time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND spans.trace_id IN {traces:Array(String)}
GROUP BY trace_id, service, operation, peer

-- name: release_marks
SELECT toUnixTimestamp64Milli(events.time) AS time, target, toString(release) AS release
FROM events
WHERE site = {site:String}
    AND type = 'mark'
    AND name = 'release'
    AND session_start = fromUnixTimestamp64Milli(toInt64(0), 'UTC')
    AND events.time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND events.time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY events.time, event_id

-- name: page_traces
-- The trace of the page itself, where its server wrote it into the page, for some page views of some visits.
SELECT toString(trace_visits.page_view_id) AS page_view_id, min(trace_visits.trace_id) AS trace_id
FROM trace_visits
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64} - 86400000, 'UTC')
    AND session_id IN {visits:Array(UUID)}
    AND trace_visits.page_view_id IN {page_views:Array(UUID)}
GROUP BY trace_visits.page_view_id
