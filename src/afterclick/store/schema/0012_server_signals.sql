-- Requests that failed at the server or were slow there are kept of what is received from now on.
CREATE TABLE IF NOT EXISTS server_signals
(
    site LowCardinality(String),
    minute DateTime64(3, 'UTC'),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    time DateTime64(3, 'UTC'),
    service LowCardinality(String),
    operation LowCardinality(String),
    http_status UInt16,
    exception String CODEC(ZSTD(1)),
    failed UInt8,
    duration_ms Float32,
    version UInt64,
    gone UInt8
)
ENGINE = ReplacingMergeTree(version, gone)
PARTITION BY toYYYYMM(minute)
ORDER BY (site, minute, trace_id, span_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
