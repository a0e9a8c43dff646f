-- name: clock
-- How far events' own times lie before the moment they were received: transport, batching and wrong clocks.
SELECT
    count() AS events,
    quantileBFloat16(0.5)(lag) AS lag_p50,
    quantileBFloat16(0.95)(lag) AS lag_p95,
    countIf(lag < -1000) AS ahead,
    countIf(lag > 3600000) AS late
FROM (
    SELECT toFloat64(toUnixTimestamp64Milli(received)) - toFloat64(toUnixTimestamp64Milli(time)) AS lag
    FROM events
    WHERE site = {site:String}
        AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND session_id NOT IN (
            SELECT session_id FROM visits_left_out
            WHERE site = {site:String}
                AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        )
);

-- name: traces
-- Requests and pages that carry a trace, and how many of those traces have arrived from the services.
SELECT
    count() AS requests,
    countIf(trace_id != '') AS traced,
    countIf(trace_id != '' AND trace_id IN (
        SELECT trace_id FROM spans
        WHERE site = {site:String}
            AND time >= fromUnixTimestamp64Milli({since:Int64} - 600000, 'UTC')
            AND time < fromUnixTimestamp64Milli({until:Int64} + 600000, 'UTC')
    )) AS linked
FROM events
WHERE site = {site:String}
    AND (type = 'request' OR (type = 'page_view' AND trace_id != ''))
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND session_id NOT IN (
        SELECT session_id FROM visits_left_out
        WHERE site = {site:String}
            AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    );
