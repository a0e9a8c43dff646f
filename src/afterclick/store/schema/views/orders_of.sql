-- From each inserted block of events to each order with its refunds. What no device and no page tells, but a server alone,
-- counts as told half an hour later, a visit's pause: it gives way to the visit in which the customer bought.
CREATE MATERIALIZED VIEW orders_of TO orders AS
SELECT
    site,
    order_id,
    min(events.time) AS time,
    maxIf(tuple(
        toUInt8(events.session_id != toUUID('00000000-0000-0000-0000-000000000000')),
        toUInt64(4611686018427387904 - toUnixTimestamp64Milli(events.time)
            - if(events.device_id = '' AND page_view_id = toUUID('00000000-0000-0000-0000-000000000000'), 1800000, 0)),
        events.session_start,
        events.session_id), type = 'order') AS told,
    maxIf(events.device_id, type = 'order') AS device_id,
    maxIf(events.user_id, type = 'order') AS user_id,
    maxIf(tuple(events.revenue, toString(events.currency)), type = 'order') AS money,
    maxMapIf(map(toString(event_id), tuple(events.revenue, toString(events.currency))), type = 'refund') AS refunds
FROM events
WHERE type IN ('order', 'refund') AND order_id != ''
GROUP BY site, order_id
