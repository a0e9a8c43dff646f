-- From each inserted block of events to each order with its refunds.
CREATE MATERIALIZED VIEW orders_of TO orders AS
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
GROUP BY site, order_id
