-- Of all sites: each refund is joined to the order of its own.

-- name: open_refunds
SELECT late_refunds.* EXCEPT settled FROM late_refunds
INNER JOIN orders ON orders.site = late_refunds.site AND orders.order_id = late_refunds.order_id
WHERE late_refunds.settled = toDateTime64(0, 3, 'UTC') AND toUnixTimestamp64Milli(orders.session_start) > 0;

-- name: carry_refunds
INSERT INTO sessions (site, session_start, session_id, refunds)
SELECT orders.site, orders.session_start, orders.session_id, map(toString(late_refunds.event_id), late_refunds.revenue)
FROM late_refunds
INNER JOIN orders ON orders.site = late_refunds.site AND orders.order_id = late_refunds.order_id
WHERE toUnixTimestamp64Milli(orders.session_start) > 0;
