-- From each inserted block of events to each visit: who and where from, what it felt, did and paid.
CREATE MATERIALIZED VIEW sessions_of TO sessions AS
SELECT
    site,
    session_start,
    session_id,
    max(events.time) AS last,
    max(tuple(
        toUInt8(type = 'page_view'),
        toUInt64(4611686018427387904 - toUnixTimestamp64Milli(events.time)),
        event_id,
        host, path, referrer, channel, campaign, country, region, device_class, device_tier, browser, os, visitor, release)) AS entry,
    maxIf(tuple(events.time, event_id, user_id), user_id != '') AS known,
    max(events.device_id) AS device_id,
    groupUniqArrayIf(1000)(tuple(events.time, toString(step), page_view_id), type = 'page_view') AS steps,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'LCP') AS lcp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'INP') AS inp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'CLS') AS cls,
    maxIf(duration_ms, type = 'request') AS slowest_request_ms,
    maxIf(duration_ms, type = 'resource') AS slowest_resource_ms,
    groupUniqArrayIf(1000)(cityHash64(event_id), type = 'error') AS errors,
    groupUniqArrayIf(1000)(cityHash64(event_id), (type = 'request' AND status = 0) OR (type IN ('request', 'page_view') AND status >= {failed_status:UInt16})) AS failed_requests,
    groupUniqArrayIf(1000)(cityHash64(event_id), type = 'struggle') AS struggles,
    maxIf(tuple(events.time, toFloat32(value), message), type = 'rating') AS rating,
    maxMapIf(map(order_id, tuple(revenue, toString(currency))), type = 'order' AND order_id != '') AS orders
FROM events
WHERE session_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id
