-- name: calls
-- Calls between services since a moment, with the same stretch before it to compare with.
SELECT
    caller,
    callee,
    sumIf(calls, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS calls_now,
    sumIf(errors, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS errors_now,
    sumIf(duration_ms_sum, minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS ms_now,
    sumIf(calls, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS calls_before,
    sumIf(errors, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS errors_before,
    sumIf(duration_ms_sum, minute < fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS ms_before
FROM service_edges
WHERE site = {site:String}
    AND minute >= fromUnixTimestamp64Milli({before:Int64}, 'UTC')
    AND minute < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY caller, callee
ORDER BY calls_now DESC, caller, callee
LIMIT 60;
