-- Refunds that came outside a visit; settling carries them to it.
CREATE MATERIALIZED VIEW late_refunds_of TO late_refunds AS
SELECT site, order_id, event_id, revenue, toDateTime64(0, 3, 'UTC') AS settled
FROM events
WHERE type = 'refund' AND order_id != '' AND session_id = toUUID('00000000-0000-0000-0000-000000000000')
