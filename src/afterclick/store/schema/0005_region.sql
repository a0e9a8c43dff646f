-- The region (ISO 3166-2) beside the country. A view keeps the columns it was made with, so both are made anew.
ALTER TABLE events ADD COLUMN IF NOT EXISTS region LowCardinality(String) AFTER country;

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS region SimpleAggregateFunction(max, LowCardinality(String)) AFTER country;

DROP VIEW IF EXISTS sessions_of SYNC;

CREATE MATERIALIZED VIEW IF NOT EXISTS sessions_of TO sessions AS
SELECT
    site,
    session_start,
    session_id,
    max(events.time) AS last,
    max(events.device_id) AS device_id,
    max(events.user_id) AS user_id,
    max(events.visitor) AS visitor,
    max(events.country) AS country,
    max(events.region) AS region,
    max(events.channel) AS channel,
    max(events.campaign) AS campaign,
    max(events.referrer) AS referrer,
    max(events.device_class) AS device_class,
    max(events.device_tier) AS device_tier,
    max(events.browser) AS browser,
    max(events.os) AS os,
    max(events.release) AS release,
    groupUniqArrayIf(1000)(tuple(events.time, toString(step), page_view_id), type = 'page_view') AS steps,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'LCP') AS lcp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'INP') AS inp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'CLS') AS cls,
    maxIf(duration_ms, type = 'request') AS slowest_request_ms,
    maxIf(duration_ms, type = 'resource') AS slowest_resource_ms,
    groupUniqArrayIf(1000)(cityHash64(event_id), type = 'error') AS errors,
    groupUniqArrayIf(1000)(cityHash64(event_id), type = 'request' AND (status = 0 OR status >= 500)) AS failed_requests,
    groupUniqArrayIf(1000)(cityHash64(event_id), type = 'struggle') AS struggles,
    maxIf(tuple(events.time, toFloat32(value), message), type = 'rating') AS rating,
    maxMapIf(map(order_id, revenue), type = 'order' AND order_id != '') AS orders,
    maxMapIf(map(toString(event_id), revenue), type = 'refund') AS refunds,
    max(events.currency) AS currency
FROM events
WHERE session_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id;

DROP VIEW IF EXISTS session_felt SYNC;

CREATE VIEW IF NOT EXISTS session_felt AS
SELECT
    *,
    length(errors) AS n_errors,
    length(failed_requests) AS n_failed_requests,
    length(struggles) AS n_struggles,
    toUInt32(length(steps)) AS n_page_views,
    toUInt8(slowest_request_ms >= 3000 OR ifNull(lcp, 0) > 4000 OR ifNull(inp, 0) > 500 OR slowest_resource_ms >= 3000) AS slow,
    toUInt8(notEmpty(errors) OR notEmpty(failed_requests)) AS error,
    toUInt8(notEmpty(struggles)) AS struggle,
    toUInt8(NOT (slow OR error OR struggle)) AS good,
    toUInt8(notEmpty(orders)) AS converted,
    length(orders) AS n_orders,
    arraySum(mapValues(orders)) AS revenue,
    revenue - arraySum(mapValues(refunds)) AS revenue_net
FROM sessions;
