-- The visits that no figure is made of: few, so page views are held against these.
CREATE VIEW visits_left_out AS
SELECT site, session_start, session_id
FROM session_felt
WHERE NOT counted
