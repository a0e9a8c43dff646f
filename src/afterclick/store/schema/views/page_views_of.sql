-- From each inserted block of events to what was felt on each page view.
CREATE MATERIALIZED VIEW page_views_of TO page_views AS
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
    max((type = 'request' AND status = 0) OR (type IN ('request', 'page_view') AND status >= {failed_status:UInt16})) AS any_failed_request,
    max(type = 'struggle') AS any_struggle,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), source), type = 'error') AS errors,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), target), type = 'struggle') AS struggles,
    -- the navigation that failed to bring the page is one of its failed requests
    groupUniqArrayIf(500)(
        tuple(events.time, toString(method), if(type = 'page_view', events.path, target), duration_ms, status, trace_id),
        type = 'request' OR (type = 'page_view' AND status >= {failed_status:UInt16})) AS requests,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), source, duration_ms, status), type = 'resource') AS resources,
    groupUniqArrayArray(100)(CAST(events.tags, 'Array(String)')) AS tags
FROM events
WHERE session_id != toUUID('00000000-0000-0000-0000-000000000000')
    AND page_view_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id, page_view_id
