-- Every event of an order asks that the order reaches its visit; settling brings it there.
CREATE MATERIALIZED VIEW order_tickets_of TO order_tickets AS
SELECT
    site,
    order_id,
    event_id,
    if(type = 'order', events.session_start, toDateTime64(0, 3, 'UTC')) AS session_start,
    if(type = 'order', events.session_id, toUUID('00000000-0000-0000-0000-000000000000')) AS session_id,
    toDateTime64(0, 3, 'UTC') AS settled
FROM events
WHERE type IN ('order', 'refund') AND order_id != ''
