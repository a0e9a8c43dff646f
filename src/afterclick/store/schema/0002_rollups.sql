-- From each inserted block of records to the rollups. `rebuild` runs the same selects over whole partitions.
CREATE MATERIALIZED VIEW IF NOT EXISTS page_views_of TO page_views AS
SELECT
    site,
    session_start,
    session_id,
    page_view_id,
    min(events.time) AS time,
    max(events.time) AS last,
    maxIf(events.path, type = 'page_view') AS path,
    maxIf(events.route, type = 'page_view') AS route,
    maxIf(events.step, type = 'page_view') AS step,
    maxIf(events.release, type = 'page_view') AS release,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'LCP') AS lcp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'INP') AS inp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'CLS') AS cls,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'FCP') AS fcp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'TTFB') AS ttfb,
    maxIf(tuple(toFloat32(value), target, source), type = 'vital' AND name = 'LCP') AS lcp_by,
    maxIf(tuple(toFloat32(value), target, source), type = 'vital' AND name = 'INP') AS inp_by,
    maxIf(tuple(toFloat32(value), target, source), type = 'vital' AND name = 'CLS') AS cls_by,
    maxIf(value, type IN ('cart', 'checkout')) AS cart_value,
    maxIf(duration_ms, type = 'request') AS slowest_request_ms,
    maxIf(duration_ms, type = 'resource') AS slowest_resource_ms,
    max(type = 'error') AS any_error,
    max(type = 'request' AND (status = 0 OR status >= 500)) AS any_failed_request,
    max(type = 'struggle') AS any_struggle,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), source), type = 'error') AS errors,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), target), type = 'struggle') AS struggles,
    groupUniqArrayIf(500)(tuple(events.time, toString(method), target, duration_ms, status, trace_id), type = 'request') AS requests,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), source, duration_ms, status), type = 'resource') AS resources,
    groupUniqArrayArray(100)(CAST(events.tags, 'Array(String)')) AS tags
FROM events
WHERE session_id != toUUID('00000000-0000-0000-0000-000000000000')
    AND page_view_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id, page_view_id;

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

CREATE MATERIALIZED VIEW IF NOT EXISTS orders_of TO orders AS
SELECT
    site,
    order_id,
    min(events.time) AS time,
    maxIf(events.session_id, type = 'order') AS session_id,
    maxIf(events.session_start, type = 'order') AS session_start,
    maxIf(events.device_id, type = 'order') AS device_id,
    maxIf(events.user_id, type = 'order') AS user_id,
    maxIf(events.revenue, type = 'order') AS revenue,
    maxMapIf(map(toString(event_id), events.revenue), type = 'refund') AS refunds,
    max(events.currency) AS currency
FROM events
WHERE type IN ('order', 'refund') AND order_id != ''
GROUP BY site, order_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS trace_visits_of TO trace_visits AS
SELECT DISTINCT site, trace_id, session_start, session_id, page_view_id
FROM events
WHERE trace_id != '' AND session_id != toUUID('00000000-0000-0000-0000-000000000000');

CREATE MATERIALIZED VIEW IF NOT EXISTS late_refunds_of TO late_refunds AS
SELECT site, order_id, event_id, revenue, toDateTime64(0, 3, 'UTC') AS settled
FROM events
WHERE type = 'refund' AND order_id != '' AND session_id = toUUID('00000000-0000-0000-0000-000000000000');

CREATE MATERIALIZED VIEW IF NOT EXISTS dirty_minutes_of TO dirty_minutes AS
SELECT
    site,
    toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute,
    generateUUIDv4() AS ticket,
    toDateTime64(0, 3, 'UTC') AS settled
FROM spans
GROUP BY site, minute;
