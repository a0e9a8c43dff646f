-- name: failures
-- Pages that failed at a server and that no page view knows of: the span with which the trace begins, the first of several.
SELECT
    trace_id,
    toUnixTimestamp64Milli(spans.time) AS at,
    toUnixTimestamp64Milli(spans.received) AS received,
    duration_ns / 1e6 AS duration_ms,
    http_status,
    toString(spans.name) AS operation,
    arrayFirst(value -> value != '', arrayMap(
        name -> JSONExtractString(attributes, name), ['http.request.method', 'http.method'])) AS method,
    arrayFirst(value -> value != '', arrayMap(
        name -> JSONExtractString(attributes, name),
        ['url.path', 'http.target', 'url.full', 'http.url', 'http.route'])) AS address
FROM spans
WHERE site = {site:String}
    AND spans.time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND spans.time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND http_status >= {failed_status:UInt16}
    AND (trace_id, span_id) IN (SELECT trace_id, span_id FROM unknown WHERE bitAnd(met, 2) != 0)
ORDER BY spans.time, span_id
LIMIT 1 BY trace_id;

-- name: leavings
-- Where visits left a page to one of these paths, and no page view of theirs began until the answer was there. The page view
-- that a failure became has the id of the leaving.
WITH
    leaving AS (
        SELECT *, toUnixTimestamp64Milli(received) - toInt64(round(duration_ms)) AS left_at
        FROM events
        WHERE site = {site:String}
            AND type = 'leave'
            AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
            AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
            AND left_at >= {since:Int64} AND left_at < {until:Int64}
            AND decodeURLComponent(target) IN {paths:Array(String)}
    ),
    answered AS (
        SELECT leaving.event_id AS event_id
        FROM leaving
        INNER JOIN (
            SELECT session_id, page_view_id AS shown, toUnixTimestamp64Milli(events.time) AS began
            FROM events
            WHERE site = {site:String}
                AND type = 'page_view'
                AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
                AND session_id IN (SELECT session_id FROM leaving)
        ) AS view ON view.session_id = leaving.session_id
        WHERE shown = leaving.event_id
            OR (
                shown != leaving.page_view_id
                AND began >= toUnixTimestamp64Milli(leaving.time) - {slack:Int64}
                AND began <= toUnixTimestamp64Milli(leaving.time) + leaving.duration_ms + {slack:Int64}
            )
    )
SELECT
    toString(event_id) AS event_id,
    left_at,
    toUnixTimestamp64Milli(received) AS received,
    toString(method) AS method,
    target,
    toString(session_id) AS session_id,
    toUnixTimestamp64Milli(session_start) AS session_start,
    device_id,
    user_id,
    toString(visitor) AS visitor,
    toString(host) AS host,
    path,
    toString(route) AS route,
    toString(step) AS step,
    toString(country) AS country,
    toString(region) AS region,
    toString(device_class) AS device_class,
    toString(device_tier) AS device_tier,
    toString(browser) AS browser,
    toString(os) AS os,
    toString(release) AS release,
    CAST(tags, 'Array(String)') AS tags
FROM leaving
WHERE event_id NOT IN (SELECT event_id FROM answered)
ORDER BY left_at, event_id;

-- name: leads
-- Where the server sent those on who left for another path: what they were shown instead, of these paths. What one visit
-- alone tells may have come of a click in between.
WITH shown AS (
    SELECT session_id, page_view_id, decodeURLComponent(path) AS path, toUnixTimestamp64Milli(events.time) AS began
    FROM events
    WHERE site = {site:String}
        AND type = 'page_view'
        AND status < {failed_status:UInt16}
        AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
        AND decodeURLComponent(events.path) IN {paths:Array(String)}
)
SELECT toString(method) AS method, decodeURLComponent(leaving.target) AS target, shown.path AS path
FROM (
    SELECT session_id, page_view_id, method, target, toUnixTimestamp64Milli(events.time) AS at, duration_ms
    FROM events
    WHERE site = {site:String}
        AND type = 'leave'
        AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
        AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
        AND session_id IN (SELECT session_id FROM shown)
) AS leaving
INNER JOIN shown ON shown.session_id = leaving.session_id
WHERE shown.page_view_id != leaving.page_view_id
    AND target != path
    AND began >= leaving.at - {slack:Int64}
    AND began <= leaving.at + leaving.duration_ms + {slack:Int64}
GROUP BY method, target, path
HAVING uniqExact(leaving.session_id) >= {least:UInt32}
ORDER BY method, target, path;

-- name: steps
-- The step and route of each path, as the newest page that was opened there has them.
SELECT path, argMax(toString(step), events.time) AS step, argMax(toString(route), events.time) AS route
FROM events
WHERE site = {site:String}
    AND type = 'page_view'
    AND status < {failed_status:UInt16}
    AND session_start >= fromUnixTimestamp64Milli({visits_since:Int64}, 'UTC')
    AND path IN {paths:Array(String)}
GROUP BY path
