-- name: linked_minutes
-- The minutes of all spans that share a trace with those of these minutes, or a link: one that comes late changes them.
WITH touched AS (
    SELECT trace_id, links
    FROM spans
    WHERE site = {site:String}
        AND time >= fromUnixTimestamp64Milli({since:Int64}) AND time < fromUnixTimestamp64Milli({until:Int64})
        AND toUnixTimestamp64Milli(toDateTime64(toStartOfMinute(time), 3, 'UTC')) IN {minutes:Array(Int64)}
)
SELECT DISTINCT toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute
FROM spans
WHERE site = {site:String}
    AND time >= fromUnixTimestamp64Milli({since:Int64}) AND time < fromUnixTimestamp64Milli({until:Int64})
    AND (
        trace_id IN (
            SELECT trace_id FROM touched
            UNION ALL
            SELECT substring(arrayJoin(links), 1, 32) AS trace_id FROM touched
        )
        OR span_id IN (
            SELECT span_id
            FROM
            (
                SELECT span_id, arrayJoin(links) AS link
                FROM spans
                WHERE site = {site:String}
                    AND time >= fromUnixTimestamp64Milli({since:Int64}) AND time < fromUnixTimestamp64Milli({until:Int64})
            )
            WHERE substring(link, 1, 32) IN (SELECT trace_id FROM touched)
        )
    );

-- name: newest_service_minutes
SELECT max(version) AS version
FROM service_minutes
WHERE site = {site:String} AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)}
SETTINGS final = 0;

-- name: newest_service_edges
SELECT max(version) AS version
FROM service_edges
WHERE site = {site:String} AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)}
SETTINGS final = 0;

-- name: newest_server_signals
SELECT max(version) AS version
FROM server_signals
WHERE site = {site:String} AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)}
SETTINGS final = 0;

-- name: service_minutes
-- Every row of these minutes is first declared gone, then the rows that there are come back one version newer.
INSERT INTO service_minutes
SELECT
    site, minute, service, operation, kind, release,
    0 AS spans, 0 AS errors, 0. AS duration_ms_sum, emptyArrayFloat32() AS duration_ms, 0 AS generated,
    {version:UInt64} - 1 AS version, 1 AS gone
FROM service_minutes
WHERE site = {site:String} AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)}
UNION ALL
SELECT
    site,
    toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute,
    service,
    spans.name AS operation,
    kind,
    release,
    count() AS n,
    countIf(status = 'error') AS errors,
    sum(duration_ns) / 1e6 AS duration_ms_sum,
    arrayMap(ns -> toFloat32(ns / 1e6), quantilesExact(0.5, 0.75, 0.95, 0.99)(duration_ns)) AS duration_ms,
    countIf(spans.generated) AS n_generated,
    {version:UInt64} AS version,
    0 AS gone
FROM spans
WHERE site = {site:String}
    AND time >= fromUnixTimestamp64Milli({since:Int64}) AND time < fromUnixTimestamp64Milli({until:Int64})
    AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)}
GROUP BY site, minute, service, operation, kind, release;

-- name: service_edges
-- An edge belongs to the minute of its callee's span, or of the caller's when the callee sends no spans.
INSERT INTO service_edges
WITH
    linked AS (
        SELECT
            trace_id, span_id, parent_span_id, links, environment, service, kind, status, duration_ns, peer,
            toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute
        FROM spans
        WHERE site = {site:String}
            AND time >= fromUnixTimestamp64Milli({since:Int64}) AND time < fromUnixTimestamp64Milli({until:Int64})
    ),
    {calls}
SELECT
    site, minute, environment, caller, callee,
    0 AS calls, 0 AS errors, 0. AS duration_ms_sum, emptyArrayFloat32() AS duration_ms,
    {version:UInt64} - 1 AS version, 1 AS gone
FROM service_edges
WHERE site = {site:String} AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)}
UNION ALL
SELECT
    {site:String} AS site,
    minute,
    environment,
    caller,
    callee,
    count() AS n,
    countIf(failed) AS errors,
    sum(duration_ns) / 1e6 AS duration_ms_sum,
    arrayMap(ns -> toFloat32(ns / 1e6), quantilesExact(0.5, 0.75, 0.95, 0.99)(duration_ns)) AS duration_ms,
    {version:UInt64} AS version,
    0 AS gone
FROM calls
WHERE toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)}
GROUP BY minute, environment, caller, callee;

-- name: server_signals
-- The first server span of a trace, as far as its spans came, where it failed or took a second at least. What a page
-- sent the trace for has a parent too, but one that is no span; what a program sent it for, a job or an app that tells
-- of its own calls, has few spans above it and no server's among them. Where the spans above are not all known, or are
-- each other's parents, several may seem to be the first: of these one of each service stands for all, failed ones
-- and then the earliest before others, and none where one with a known beginning does.
INSERT INTO server_signals
WITH
    touched AS (
        SELECT trace_id
        FROM spans
        WHERE site = {site:String}
            AND time >= fromUnixTimestamp64Milli({since:Int64}) AND time < fromUnixTimestamp64Milli({until:Int64})
            AND kind = 'server'
            AND (status = 'error' OR duration_ns >= 1000000000)
            AND toUnixTimestamp64Milli(toDateTime64(toStartOfMinute(time), 3, 'UTC')) IN {minutes:Array(Int64)}
    ),
    bad AS (
        SELECT
            site, trace_id, span_id, parent_span_id, time, start_ns, service, spans.name AS operation, http_status,
            if(exception != '', exception, status_message) AS exception,
            toUInt8(status = 'error') AS failed,
            toFloat32(duration_ns / 1e6) AS duration_ms,
            toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute
        FROM spans
        WHERE site = {site:String}
            AND time >= fromUnixTimestamp64Milli({since:Int64}) AND time < fromUnixTimestamp64Milli({until:Int64})
            AND kind = 'server'
            AND (status = 'error' OR duration_ns >= 1000000000)
            AND trace_id IN (SELECT trace_id FROM touched)
    ),
    kin AS (
        SELECT trace_id, span_id, any(parent_span_id) AS above, max(kind IN ('server', 'consumer')) AS served
        FROM spans
        WHERE site = {site:String}
            AND time >= fromUnixTimestamp64Milli({since:Int64}) AND time < fromUnixTimestamp64Milli({until:Int64})
            AND trace_id IN (SELECT trace_id FROM touched)
        GROUP BY trace_id, span_id
    ),
    placed AS (
        SELECT
            site, minute, bad.trace_id AS trace_id, bad.span_id AS span_id, time, start_ns, service, operation,
            http_status, exception, failed, duration_ms,
            has([bad.parent_span_id, first.above, second.above, third.above], bad.span_id) AS circular,
            first.served OR second.served OR third.served AS asked,
            third.above != '' AS deep,
            NOT circular AND (
                bad.parent_span_id = ''
                OR (first.span_id != '' AND first.above = '')
                OR (second.span_id != '' AND second.above = '')
                OR third.span_id != ''
            ) AS begun
        FROM bad
        LEFT JOIN kin AS first ON first.trace_id = bad.trace_id AND first.span_id = bad.parent_span_id
        LEFT JOIN kin AS second ON second.trace_id = bad.trace_id AND second.span_id = first.above
        LEFT JOIN kin AS third ON third.trace_id = bad.trace_id AND third.span_id = second.above
    )
SELECT
    site, minute, trace_id, span_id, time, service, operation, http_status, exception, failed, duration_ms,
    {version:UInt64} - 1 AS version, 1 AS gone
FROM server_signals
WHERE site = {site:String} AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)}
UNION ALL
SELECT
    site, minute, trace_id, span_id, time, service, operation, http_status, exception, failed, duration_ms,
    {version:UInt64} AS version, 0 AS gone
FROM
(
    SELECT
        *,
        row_number() OVER (PARTITION BY trace_id, service ORDER BY begun DESC, failed DESC, start_ns, span_id) AS place
    FROM placed
    WHERE circular OR NOT (asked OR deep)
)
WHERE (begun OR place = 1) AND toUnixTimestamp64Milli(minute) IN {minutes:Array(Int64)};
