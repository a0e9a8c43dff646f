-- A page that the server answered with 500 and up is a failed request of its visit; what came before is told too.
INSERT INTO sessions (site, session_start, session_id, last, failed_requests)
SELECT site, session_start, session_id, max(events.time), groupUniqArray(1000)(cityHash64(event_id))
FROM events
WHERE type = 'page_view' AND status >= 500 AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id
SETTINGS insert_deduplicate = 0;

INSERT INTO page_views (site, session_start, session_id, page_view_id, time, last, any_failed_request, requests)
SELECT
    site,
    session_start,
    session_id,
    page_view_id,
    min(events.time),
    max(events.time),
    1,
    groupUniqArray(500)(tuple(events.time, toString(method), events.path, duration_ms, status, trace_id))
FROM events
WHERE type = 'page_view' AND status >= 500
    AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
    AND page_view_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id, page_view_id
SETTINGS insert_deduplicate = 0;
