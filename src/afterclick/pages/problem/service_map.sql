-- name: calls
-- Calls between services since a moment, with the same stretch before it to compare with: of the minutes' calls, those
-- that visits set off which do not count are taken away. They are few, and known only once their visit has come. What is
-- done with a message counts as the visit's that sent it.
WITH
    of_visits AS (
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
    left_out AS (
        SELECT trace_id FROM of_visits
        UNION ALL
        SELECT trace_id
        FROM
        (
            SELECT trace_id, arrayJoin(links) AS link
            FROM spans
            WHERE site = {site:String}
                AND time >= fromUnixTimestamp64Milli({before:Int64}, 'UTC') - INTERVAL 1 HOUR
                AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC') + INTERVAL 1 HOUR
        )
        WHERE substring(link, 1, 32) IN (SELECT trace_id FROM of_visits)
    ),
    linked AS (
        SELECT
            trace_id, span_id, parent_span_id, links, environment, service, kind, status, duration_ns, peer,
            toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute
        FROM spans
        WHERE site = {site:String}
            AND time >= fromUnixTimestamp64Milli({before:Int64}, 'UTC') - INTERVAL 1 HOUR
            AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC') + INTERVAL 1 HOUR
            AND trace_id IN (SELECT trace_id FROM left_out)
    ),
    {calls},
    counted AS (
        SELECT minute, environment, caller, callee, toInt64(edges.calls) AS n, toInt64(errors) AS errors, duration_ms_sum
        FROM service_edges AS edges
        WHERE edges.site = {site:String}
            AND minute >= fromUnixTimestamp64Milli({before:Int64}, 'UTC')
            AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        UNION ALL
        SELECT minute, environment, caller, callee, -1, -toInt64(failed), -duration_ns / 1e6
        FROM calls
        WHERE minute >= fromUnixTimestamp64Milli({before:Int64}, 'UTC')
            AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    )
SELECT
    environment,
    caller,
    callee,
    sumIf(n, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS calls_now,
    sumIf(errors, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS errors_now,
    sumIf(duration_ms_sum, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS ms_now,
    sumIf(n, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS calls_before,
    sumIf(errors, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS errors_before,
    sumIf(duration_ms_sum, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS ms_before
FROM counted
GROUP BY environment, caller, callee
HAVING calls_now > 0 OR calls_before > 0
ORDER BY calls_now DESC, environment, caller, callee
LIMIT 60 BY environment;
