-- Raw records. A repeated delivery collapses on the sorting key; every read sets final = 1.
-- A row is durable when its insert returns: fsync_after_insert holds for the part, fsync_part_directory for its name.
CREATE TABLE IF NOT EXISTS events
(
    site LowCardinality(String),
    event_id UUID,
    type LowCardinality(String),
    name LowCardinality(String),
    time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    received DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    session_id UUID,
    session_start DateTime64(3, 'UTC'),
    page_view_id UUID CODEC(ZSTD(1)),
    device_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    visitor LowCardinality(String),
    host LowCardinality(String),
    path String CODEC(ZSTD(1)),
    route LowCardinality(String),
    step LowCardinality(String),
    referrer LowCardinality(String),
    channel LowCardinality(String),
    campaign LowCardinality(String),
    country LowCardinality(String),
    device_class LowCardinality(String),
    device_tier LowCardinality(String),
    browser LowCardinality(String),
    os LowCardinality(String),
    release LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    value Float64 CODEC(ZSTD(1)),
    duration_ms Float32 CODEC(ZSTD(1)),
    status UInt16,
    method LowCardinality(String),
    target String CODEC(ZSTD(1)),
    source String CODEC(ZSTD(1)),
    message String CODEC(ZSTD(1)),
    order_id String CODEC(ZSTD(1)),
    revenue Decimal(18, 4),
    currency LowCardinality(String),
    tags Array(LowCardinality(String)),
    props String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(session_start)
ORDER BY (site, session_start, session_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS spans
(
    site LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    parent_span_id String CODEC(ZSTD(1)),
    service LowCardinality(String),
    name LowCardinality(String),
    kind LowCardinality(String),
    time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    start_ns UInt64 CODEC(ZSTD(1)),
    duration_ns UInt64 CODEC(ZSTD(1)),
    received DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    status LowCardinality(String),
    status_message String CODEC(ZSTD(1)),
    http_status UInt16,
    peer LowCardinality(String),
    release LowCardinality(String),
    exception String CODEC(ZSTD(1)),
    generated Bool,
    attributes String CODEC(ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.01)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (site, toStartOfHour(time), trace_id, span_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Rollups. Columns are SimpleAggregateFunction only, so that FINAL yields plain, merged values; all are idempotent:
-- any split into batches, any repetition and any order of the same events gives the same row.
-- Arrays are capped, so that a hostile visit stays small. Which entries a capped array keeps depends on their order,
-- but no number does: a capped length is the cap, and what a flag needs stands in a max of its own.
CREATE TABLE IF NOT EXISTS page_views
(
    site LowCardinality(String),
    session_start DateTime64(3, 'UTC'),
    session_id UUID,
    page_view_id UUID,
    time SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    -- path, route, step and release are those of its page_view event, empty when that event was lost
    path SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
    route SimpleAggregateFunction(max, LowCardinality(String)),
    step SimpleAggregateFunction(max, LowCardinality(String)),
    release SimpleAggregateFunction(max, LowCardinality(String)),
    lcp SimpleAggregateFunction(max, Nullable(Float32)),
    inp SimpleAggregateFunction(max, Nullable(Float32)),
    cls SimpleAggregateFunction(max, Nullable(Float32)),
    fcp SimpleAggregateFunction(max, Nullable(Float32)),
    ttfb SimpleAggregateFunction(max, Nullable(Float32)),
    lcp_by SimpleAggregateFunction(max, Tuple(value Float32, target String, source String)) CODEC(ZSTD(1)),
    inp_by SimpleAggregateFunction(max, Tuple(value Float32, target String, source String)) CODEC(ZSTD(1)),
    cls_by SimpleAggregateFunction(max, Tuple(value Float32, target String, source String)) CODEC(ZSTD(1)),
    cart_value SimpleAggregateFunction(max, Float64),
    slowest_request_ms SimpleAggregateFunction(max, Float32),
    slowest_resource_ms SimpleAggregateFunction(max, Float32),
    any_error SimpleAggregateFunction(max, UInt8), -- a JS error
    any_failed_request SimpleAggregateFunction(max, UInt8), -- a request without answer or with status 500 and up
    any_struggle SimpleAggregateFunction(max, UInt8),
    errors SimpleAggregateFunction(groupUniqArrayArray(200), Array(Tuple(time DateTime64(3, 'UTC'), name String, source String))) CODEC(ZSTD(1)),
    struggles SimpleAggregateFunction(groupUniqArrayArray(200), Array(Tuple(time DateTime64(3, 'UTC'), name String, target String))) CODEC(ZSTD(1)),
    requests SimpleAggregateFunction(groupUniqArrayArray(500), Array(Tuple(time DateTime64(3, 'UTC'), method String, target String, duration_ms Float32, status UInt16, trace_id String))) CODEC(ZSTD(1)),
    resources SimpleAggregateFunction(groupUniqArrayArray(200), Array(Tuple(time DateTime64(3, 'UTC'), name String, source String, duration_ms Float32, status UInt16))) CODEC(ZSTD(1)),
    tags SimpleAggregateFunction(groupUniqArrayArray(100), Array(String)),
    INDEX by_session session_id TYPE bloom_filter(0.01)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(session_start)
ORDER BY (site, session_start, session_id, page_view_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS sessions
(
    site LowCardinality(String),
    session_start DateTime64(3, 'UTC'),
    session_id UUID,
    last SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    device_id SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
    user_id SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
    visitor SimpleAggregateFunction(max, LowCardinality(String)),
    country SimpleAggregateFunction(max, LowCardinality(String)),
    channel SimpleAggregateFunction(max, LowCardinality(String)),
    campaign SimpleAggregateFunction(max, LowCardinality(String)),
    referrer SimpleAggregateFunction(max, LowCardinality(String)),
    device_class SimpleAggregateFunction(max, LowCardinality(String)),
    device_tier SimpleAggregateFunction(max, LowCardinality(String)),
    browser SimpleAggregateFunction(max, LowCardinality(String)),
    os SimpleAggregateFunction(max, LowCardinality(String)),
    release SimpleAggregateFunction(max, LowCardinality(String)),
    -- did: one entry a page view, sort by time to read the journey
    steps SimpleAggregateFunction(groupUniqArrayArray(1000), Array(Tuple(time DateTime64(3, 'UTC'), step String, page_view_id UUID))) CODEC(ZSTD(1)),
    -- felt: the worst of the visit, and one hash an event so that a repetition counts once
    lcp SimpleAggregateFunction(max, Nullable(Float32)),
    inp SimpleAggregateFunction(max, Nullable(Float32)),
    cls SimpleAggregateFunction(max, Nullable(Float32)),
    slowest_request_ms SimpleAggregateFunction(max, Float32),
    slowest_resource_ms SimpleAggregateFunction(max, Float32),
    errors SimpleAggregateFunction(groupUniqArrayArray(1000), Array(UInt64)),
    failed_requests SimpleAggregateFunction(groupUniqArrayArray(1000), Array(UInt64)),
    struggles SimpleAggregateFunction(groupUniqArrayArray(1000), Array(UInt64)),
    rating SimpleAggregateFunction(max, Tuple(time DateTime64(3, 'UTC'), value Float32, message String)) CODEC(ZSTD(1)),
    -- paid: gross by order id, refunded by the refund's event id
    orders SimpleAggregateFunction(maxMap, Map(String, Decimal(18, 4))),
    refunds SimpleAggregateFunction(maxMap, Map(String, Decimal(18, 4))),
    currency SimpleAggregateFunction(max, LowCardinality(String)),
    INDEX by_session session_id TYPE bloom_filter(0.01)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(session_start)
ORDER BY (site, session_start, session_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- One row an order, whatever the visit.
CREATE TABLE IF NOT EXISTS orders
(
    site LowCardinality(String),
    order_id String,
    time SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    session_id SimpleAggregateFunction(max, UUID),
    session_start SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    device_id SimpleAggregateFunction(max, String),
    user_id SimpleAggregateFunction(max, String),
    revenue SimpleAggregateFunction(max, Decimal(18, 4)),
    refunds SimpleAggregateFunction(maxMap, Map(String, Decimal(18, 4))), -- by the refund's event id
    currency SimpleAggregateFunction(max, LowCardinality(String))
)
ENGINE = AggregatingMergeTree
ORDER BY (site, order_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Which visit, and which page view of it, set off a trace.
CREATE TABLE IF NOT EXISTS trace_visits
(
    site LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    session_start DateTime64(3, 'UTC'),
    session_id UUID,
    page_view_id UUID
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(session_start)
ORDER BY (site, trace_id, session_id, page_view_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- One ticket for each minute that an inserted block of spans touched, open until settling dates it.
-- No deduplication window: an insert that died half-way and comes again must leave its tickets again.
CREATE TABLE IF NOT EXISTS dirty_minutes
(
    site LowCardinality(String),
    minute DateTime64(3, 'UTC'),
    ticket UUID,
    settled DateTime64(3, 'UTC'),
    written DateTime DEFAULT now()
)
ENGINE = ReplacingMergeTree(settled)
ORDER BY (site, minute, ticket)
TTL written + toIntervalDay(1) DELETE WHERE settled > toDateTime64(0, 3, 'UTC')
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Refunds that came outside a visit, open until settling has carried them to the visit of their order.
CREATE TABLE IF NOT EXISTS late_refunds
(
    site LowCardinality(String),
    order_id String,
    event_id UUID,
    revenue Decimal(18, 4),
    settled DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(settled)
ORDER BY (site, order_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Settled from spans, whole minutes replaced by the newest version; `gone` takes away a row that the minute lost.
CREATE TABLE IF NOT EXISTS service_minutes
(
    site LowCardinality(String),
    minute DateTime64(3, 'UTC'),
    service LowCardinality(String),
    operation LowCardinality(String),
    kind LowCardinality(String),
    release LowCardinality(String),
    spans UInt64,
    errors UInt64,
    duration_ms_sum Float64,
    duration_ms Array(Float32), -- p50, p75, p95, p99
    generated UInt64,
    version UInt64,
    gone UInt8
)
ENGINE = ReplacingMergeTree(version, gone)
PARTITION BY toYYYYMM(minute)
ORDER BY (site, minute, service, operation, kind, release)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Calls between services; a callee that sends no spans goes by the name that its caller gives it.
CREATE TABLE IF NOT EXISTS service_edges
(
    site LowCardinality(String),
    minute DateTime64(3, 'UTC'),
    caller LowCardinality(String),
    callee LowCardinality(String),
    calls UInt64,
    errors UInt64,
    duration_ms_sum Float64,
    duration_ms Array(Float32), -- p50, p75, p95, p99
    version UInt64,
    gone UInt8
)
ENGINE = ReplacingMergeTree(version, gone)
PARTITION BY toYYYYMM(minute)
ORDER BY (site, minute, caller, callee)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
