-- Of all sites: each order is brought to the visit of its own site. `every` takes all orders, else those with an open ticket;
-- `month` (yyyymm) those of the visits of one month, 0 of all.

-- name: open_tickets
SELECT * EXCEPT settled FROM order_tickets WHERE settled = toDateTime64(0, 3, 'UTC');

-- name: carry_money
-- What anyone told of an order, to the visit that told of it first.
INSERT INTO {into:Identifier} (site, session_start, session_id, orders, refunds)
SELECT
    site,
    session_start,
    session_id,
    map(order_id, money),
    mapApply((id, one) -> (id, tuple(order_id, one.revenue, one.currency)), refunds)
FROM orders
WHERE toUnixTimestamp64Milli(session_start) > 0
    AND ({month:UInt32} = 0 OR toYYYYMM(session_start) = {month:UInt32})
    AND ({every:UInt8} OR (site, order_id) IN (
        SELECT site, order_id FROM order_tickets WHERE settled = toDateTime64(0, 3, 'UTC')))
-- The same rows must go in again after a rebuild took them out.
SETTINGS insert_deduplicate = 0;

-- name: give_up
-- The other visits that told of it let it go: those that did just now, or all when the first one did just now.
INSERT INTO {into:Identifier} (site, session_start, session_id, told_before)
SELECT DISTINCT tickets.site, tickets.session_start, tickets.session_id, [tickets.order_id]
FROM order_tickets AS tickets
INNER JOIN orders ON orders.site = tickets.site AND orders.order_id = tickets.order_id
WHERE toUnixTimestamp64Milli(tickets.session_start) > 0
    AND ({month:UInt32} = 0 OR toYYYYMM(tickets.session_start) = {month:UInt32})
    AND tickets.session_id != orders.session_id
    AND ({every:UInt8}
        OR tickets.settled = toDateTime64(0, 3, 'UTC')
        OR (orders.site, orders.order_id, orders.session_id) IN (
            SELECT site, order_id, session_id FROM order_tickets WHERE settled = toDateTime64(0, 3, 'UTC')))
SETTINGS insert_deduplicate = 0;
