-- An order counts once, in its own currency, in the visit that told of it first.
ALTER TABLE sessions MODIFY COLUMN who SimpleAggregateFunction(max, UInt64) DEFAULT multiIf((tupleElement(known, 'user_id') != '') AND (NOT has(['null', 'undefined', 'none', 'nil', 'nan', 'anonymous', 'guest', 'unknown', 'true', 'false', '0', '-1', '[object object]', '[email]', '[phone]', '[token]'], lower(tupleElement(known, 'user_id')))), bitOr(sipHash64(site, tupleElement(known, 'user_id')), bitShiftLeft(toUInt64(1), 63)), (device_id != '') AND (NOT has(['null', 'undefined', 'none', 'nil', 'nan', 'anonymous', 'guest', 'unknown', 'true', 'false', '0', '-1', '[object object]', '[email]', '[phone]', '[token]'], lower(device_id))), bitOr(bitShiftRight(sipHash64(site, device_id), 2), bitShiftLeft(toUInt64(1), 62)), toUInt64(0));

ALTER TABLE sessions
    DROP COLUMN IF EXISTS user_id,
    DROP COLUMN IF EXISTS landing_host,
    DROP COLUMN IF EXISTS landing_path,
    DROP COLUMN IF EXISTS visitor,
    DROP COLUMN IF EXISTS country,
    DROP COLUMN IF EXISTS region,
    DROP COLUMN IF EXISTS channel,
    DROP COLUMN IF EXISTS campaign,
    DROP COLUMN IF EXISTS referrer,
    DROP COLUMN IF EXISTS device_class,
    DROP COLUMN IF EXISTS device_tier,
    DROP COLUMN IF EXISTS browser,
    DROP COLUMN IF EXISTS os,
    DROP COLUMN IF EXISTS release;

ALTER TABLE sessions
    ADD COLUMN IF NOT EXISTS user_id String ALIAS tupleElement(known, 'user_id'),
    ADD COLUMN IF NOT EXISTS landing_host LowCardinality(String) ALIAS tupleElement(entry, 'landing_host'),
    ADD COLUMN IF NOT EXISTS landing_path String ALIAS tupleElement(entry, 'landing_path'),
    ADD COLUMN IF NOT EXISTS referrer LowCardinality(String) ALIAS tupleElement(entry, 'referrer'),
    ADD COLUMN IF NOT EXISTS channel LowCardinality(String) ALIAS tupleElement(entry, 'channel'),
    ADD COLUMN IF NOT EXISTS campaign LowCardinality(String) ALIAS tupleElement(entry, 'campaign'),
    ADD COLUMN IF NOT EXISTS country LowCardinality(String) ALIAS tupleElement(entry, 'country'),
    ADD COLUMN IF NOT EXISTS region LowCardinality(String) ALIAS tupleElement(entry, 'region'),
    ADD COLUMN IF NOT EXISTS device_class LowCardinality(String) ALIAS tupleElement(entry, 'device_class'),
    ADD COLUMN IF NOT EXISTS device_tier LowCardinality(String) ALIAS tupleElement(entry, 'device_tier'),
    ADD COLUMN IF NOT EXISTS browser LowCardinality(String) ALIAS tupleElement(entry, 'browser'),
    ADD COLUMN IF NOT EXISTS os LowCardinality(String) ALIAS tupleElement(entry, 'os'),
    ADD COLUMN IF NOT EXISTS visitor LowCardinality(String) ALIAS tupleElement(entry, 'visitor'),
    ADD COLUMN IF NOT EXISTS release LowCardinality(String) ALIAS tupleElement(entry, 'release');

ALTER TABLE sessions
    DROP COLUMN IF EXISTS orders,
    DROP COLUMN IF EXISTS refunds,
    DROP COLUMN IF EXISTS currency;

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS orders SimpleAggregateFunction(maxMap, Map(String, Tuple(revenue Decimal(18, 4), currency String))) AFTER rating;

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS refunds SimpleAggregateFunction(maxMap, Map(String, Tuple(order_id String, revenue Decimal(18, 4), currency String))) AFTER orders;

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS told_before SimpleAggregateFunction(groupUniqArrayArray, Array(String)) AFTER refunds;

INSERT INTO sessions (site, session_start, session_id, orders)
SELECT site, session_start, session_id, maxMap(map(order_id, tuple(revenue, toString(currency))))
FROM events
WHERE type = 'order' AND order_id != '' AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id
SETTINGS insert_deduplicate = 0;

DROP TABLE IF EXISTS late_refunds SYNC;

DROP TABLE IF EXISTS orders SYNC;

CREATE TABLE IF NOT EXISTS orders
(
    site LowCardinality(String),
    order_id String,
    time SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    told SimpleAggregateFunction(max, Tuple(in_visit UInt8, earliness UInt64, session_start DateTime64(3, 'UTC'), session_id UUID)),
    device_id SimpleAggregateFunction(max, String),
    user_id SimpleAggregateFunction(max, String),
    money SimpleAggregateFunction(max, Tuple(revenue Decimal(18, 4), currency String)),
    refunds SimpleAggregateFunction(maxMap, Map(String, Tuple(revenue Decimal(18, 4), currency String))),
    session_id UUID ALIAS tupleElement(told, 'session_id'),
    session_start DateTime64(3, 'UTC') ALIAS tupleElement(told, 'session_start'),
    revenue Decimal(18, 4) ALIAS tupleElement(money, 'revenue'),
    currency LowCardinality(String) ALIAS tupleElement(money, 'currency')
)
ENGINE = AggregatingMergeTree
ORDER BY (site, order_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

INSERT INTO orders
SELECT
    site,
    order_id,
    min(events.time) AS time,
    maxIf(tuple(
        toUInt8(events.session_id != toUUID('00000000-0000-0000-0000-000000000000')),
        toUInt64(4611686018427387904 - toUnixTimestamp64Milli(events.time)),
        events.session_start,
        events.session_id), type = 'order') AS told,
    maxIf(events.device_id, type = 'order') AS device_id,
    maxIf(events.user_id, type = 'order') AS user_id,
    maxIf(tuple(events.revenue, toString(events.currency)), type = 'order') AS money,
    maxMapIf(map(toString(event_id), tuple(events.revenue, toString(events.currency))), type = 'refund') AS refunds
FROM events
WHERE type IN ('order', 'refund') AND order_id != ''
GROUP BY site, order_id
SETTINGS insert_deduplicate = 0;

CREATE TABLE IF NOT EXISTS order_tickets
(
    site LowCardinality(String),
    order_id String,
    event_id UUID,
    session_start DateTime64(3, 'UTC'),
    session_id UUID,
    settled DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(settled)
ORDER BY (site, order_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The first settling brings every order to its visit.
INSERT INTO order_tickets
SELECT
    site,
    order_id,
    event_id,
    if(type = 'order', events.session_start, toDateTime64(0, 3, 'UTC')),
    if(type = 'order', events.session_id, toUUID('00000000-0000-0000-0000-000000000000')),
    toDateTime64(0, 3, 'UTC')
FROM events
WHERE type IN ('order', 'refund') AND order_id != ''
SETTINGS insert_deduplicate = 0;
