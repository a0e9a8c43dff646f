-- Spans keep their links, events, scope and environment, and calls are told apart by environment.
ALTER TABLE spans
    ADD COLUMN IF NOT EXISTS environment LowCardinality(String),
    ADD COLUMN IF NOT EXISTS scope LowCardinality(String),
    ADD COLUMN IF NOT EXISTS links Array(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS events String CODEC(ZSTD(1));

DROP TABLE IF EXISTS service_edges SYNC;

CREATE TABLE IF NOT EXISTS service_edges
(
    site LowCardinality(String),
    minute DateTime64(3, 'UTC'),
    environment LowCardinality(String),
    caller LowCardinality(String),
    callee LowCardinality(String),
    calls UInt64,
    errors UInt64,
    duration_ms_sum Float64,
    duration_ms Array(Float32),
    version UInt64,
    gone UInt8
)
ENGINE = ReplacingMergeTree(version, gone)
PARTITION BY toYYYYMM(minute)
ORDER BY (site, minute, environment, caller, callee)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The next settling computes every minute anew.
INSERT INTO dirty_minutes (site, minute, ticket, settled)
SELECT site, toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute, generateUUIDv4(), toDateTime64(0, 3, 'UTC')
FROM spans
GROUP BY site, minute;
