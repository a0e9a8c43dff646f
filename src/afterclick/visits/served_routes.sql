-- name: served
-- The pages of customers and the server spans of their traces: which path the server gave which route, how often.
SELECT page.path AS path, span.template AS template, count() AS views
FROM (
    SELECT path, trace_id FROM events
    WHERE site = {site:String}
        AND type = 'page_view'
        AND trace_id != ''
        AND session_start >= fromUnixTimestamp64Milli({since:Int64} - 86400000, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    LIMIT 10000
) AS page
INNER JOIN (
    SELECT trace_id, JSONExtractString(attributes, 'http.route') AS template FROM spans
    WHERE site = {site:String}
        AND kind = 'server'
        AND time >= fromUnixTimestamp64Milli({since:Int64} - 60000, 'UTC')
        AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND template != ''
    LIMIT 50000
) AS span ON page.trace_id = span.trace_id
GROUP BY path, template
ORDER BY views DESC
LIMIT 5000;
