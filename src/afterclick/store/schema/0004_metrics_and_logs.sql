-- OpenTelemetry's other signals. A repeated delivery collapses: a data point on its series and time, a log record on
-- the id that is made from its content.
CREATE TABLE IF NOT EXISTS metrics
(
    site LowCardinality(String),
    service LowCardinality(String),
    name LowCardinality(String),
    type LowCardinality(String),
    series String CODEC(ZSTD(1)),
    time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    time_ns UInt64 CODEC(ZSTD(1)),
    received DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    start_ns UInt64 CODEC(ZSTD(1)),
    release LowCardinality(String),
    scope LowCardinality(String),
    unit LowCardinality(String),
    temporality LowCardinality(String),
    monotonic Bool,
    value Nullable(Float64) CODEC(ZSTD(1)),
    count UInt64 CODEC(ZSTD(1)),
    sum Nullable(Float64) CODEC(ZSTD(1)),
    min Nullable(Float64) CODEC(ZSTD(1)),
    max Nullable(Float64) CODEC(ZSTD(1)),
    explicit_bounds Array(Float64) CODEC(ZSTD(1)),
    bucket_counts Array(UInt64) CODEC(ZSTD(1)),
    scale Int32,
    zero_count UInt64,
    zero_threshold Float64,
    positive_offset Int32,
    positive_bucket_counts Array(UInt64) CODEC(ZSTD(1)),
    negative_offset Int32,
    negative_bucket_counts Array(UInt64) CODEC(ZSTD(1)),
    quantiles Array(Float64) CODEC(ZSTD(1)),
    quantile_values Array(Float64) CODEC(ZSTD(1)),
    exemplar_trace_ids Array(String) CODEC(ZSTD(1)),
    generated Bool,
    resource String CODEC(ZSTD(1)),
    attributes String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (site, name, toStartOfHour(time), series, time_ns)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS logs
(
    site LowCardinality(String),
    log_id UUID,
    service LowCardinality(String),
    time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    time_ns UInt64 CODEC(ZSTD(1)),
    received DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    severity_number UInt8,
    severity_text LowCardinality(String),
    event_name LowCardinality(String),
    body String CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    release LowCardinality(String),
    scope LowCardinality(String),
    exception String CODEC(ZSTD(1)),
    generated Bool,
    resource String CODEC(ZSTD(1)),
    attributes String CODEC(ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.01)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (site, toStartOfHour(time), service, time, log_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
