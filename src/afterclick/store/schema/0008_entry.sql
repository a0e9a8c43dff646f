-- A visit is labelled by its first page view, all of it together. Visits of before keep the labels that they had.
-- The views that write to what changes are made anew after the last numbered file.
DROP VIEW IF EXISTS sessions_of SYNC;

DROP VIEW IF EXISTS orders_of SYNC;

DROP VIEW IF EXISTS late_refunds_of SYNC;

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS entry SimpleAggregateFunction(max, Tuple(is_page UInt8, earliness UInt64, event_id UUID, landing_host String, landing_path String, referrer String, channel String, campaign String, country String, region String, device_class String, device_tier String, browser String, os String, visitor String, release String)) CODEC(ZSTD(1)) AFTER last;

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS known SimpleAggregateFunction(max, Tuple(time DateTime64(3, 'UTC'), event_id UUID, user_id String)) CODEC(ZSTD(1)) AFTER entry;

ALTER TABLE sessions UPDATE
    entry = tuple(
        toUInt8(1),
        toUInt64(4611686018427387904 - toUnixTimestamp64Milli(session_start)),
        toUUID('00000000-0000-0000-0000-000000000000'),
        '', '', referrer, channel, campaign, country, region, device_class, device_tier, browser, os, visitor, release),
    known = tuple(last, toUUID('00000000-0000-0000-0000-000000000000'), user_id)
WHERE 1 SETTINGS mutations_sync = 1;
