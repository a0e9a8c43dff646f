-- A ticket for every minute that an inserted block of spans touched; settling computes those minutes anew.
CREATE MATERIALIZED VIEW dirty_minutes_of TO dirty_minutes AS
SELECT
    site,
    toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute,
    generateUUIDv4() AS ticket,
    toDateTime64(0, 3, 'UTC') AS settled
FROM spans
GROUP BY site, minute
