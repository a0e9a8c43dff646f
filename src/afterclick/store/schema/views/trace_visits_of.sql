-- Which visit and page view set off a trace.
CREATE MATERIALIZED VIEW trace_visits_of TO trace_visits AS
SELECT DISTINCT site, trace_id, session_start, session_id, page_view_id
FROM events
WHERE trace_id != '' AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
