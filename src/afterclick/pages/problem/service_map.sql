-- name: calls
-- Calls between services since a moment, with the same stretch before it to compare with: of the minutes' calls, those
-- that visits set off which do not count are taken away. They are few, and known only once their visit has come; what a
-- call is and which time is its own is as in store/rollups/service_minutes.sql.
WITH
    left_out AS (
        SELECT trace_id
        FROM trace_visits
        WHERE site = {site:String}
            AND session_start >= fromUnixTimestamp64Milli({before:Int64}, 'UTC') - INTERVAL 1 DAY
            AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
            AND session_id IN (
                SELECT session_id
                FROM visits_left_out
                WHERE site = {site:String}
                    AND session_start >= fromUnixTimestamp64Milli({before:Int64}, 'UTC') - INTERVAL 1 DAY
                    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
            )
    ),
    linked AS (
        SELECT
            trace_id, span_id, parent_span_id, service, kind, status, duration_ns, peer,
            toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute
        FROM spans
        WHERE site = {site:String}
            AND time >= fromUnixTimestamp64Milli({before:Int64}, 'UTC') - INTERVAL 1 HOUR
            AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC') + INTERVAL 1 HOUR
            AND trace_id IN left_out
    ),
    theirs AS (
        SELECT
            callee.minute AS minute, caller.service AS caller, callee.service AS callee,
            if(caller.kind IN ('client', 'producer'), caller.duration_ns, callee.duration_ns) AS duration_ns,
            callee.status = 'error' OR caller.status = 'error' AS failed
        FROM linked AS callee
        INNER JOIN linked AS caller
            ON caller.trace_id = callee.trace_id AND caller.span_id = callee.parent_span_id
        WHERE callee.parent_span_id != '' AND caller.service != callee.service
        UNION ALL
        SELECT caller.minute, caller.service, caller.peer, caller.duration_ns, caller.status = 'error'
        FROM linked AS caller
        LEFT ANTI JOIN linked AS callee
            ON callee.trace_id = caller.trace_id AND callee.parent_span_id = caller.span_id
        WHERE caller.kind IN ('client', 'producer') AND caller.peer != ''
    ),
    counted AS (
        SELECT minute, caller, callee, toInt64(calls) AS calls, toInt64(errors) AS errors, duration_ms_sum
        FROM service_edges
        WHERE site = {site:String}
            AND minute >= fromUnixTimestamp64Milli({before:Int64}, 'UTC')
            AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        UNION ALL
        SELECT minute, caller, callee, -1, -toInt64(failed), -duration_ns / 1e6
        FROM theirs
        WHERE minute >= fromUnixTimestamp64Milli({before:Int64}, 'UTC')
            AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    )
SELECT
    caller,
    callee,
    sumIf(calls, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS calls_now,
    sumIf(errors, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS errors_now,
    sumIf(duration_ms_sum, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS ms_now,
    sumIf(calls, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS calls_before,
    sumIf(errors, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS errors_before,
    sumIf(duration_ms_sum, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS ms_before
FROM counted
GROUP BY caller, callee
HAVING calls_now > 0 OR calls_before > 0
ORDER BY calls_now DESC, caller, callee
LIMIT 60;
