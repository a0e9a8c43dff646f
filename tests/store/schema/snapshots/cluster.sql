CREATE TABLE IF NOT EXISTS events_local ON CLUSTER 'main'
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
    region LowCardinality(String),
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/events_local', '{replica}')
PARTITION BY toYYYYMM(session_start)
ORDER BY (site, session_start, session_id, event_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS events ON CLUSTER 'main' AS events_local
ENGINE = Distributed('main', currentDatabase(), events_local, sipHash64(if(session_id = toUUID('00000000-0000-0000-0000-000000000000'), event_id, session_id)));

CREATE TABLE IF NOT EXISTS logs_local ON CLUSTER 'main'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/logs_local', '{replica}')
PARTITION BY toYYYYMM(time)
ORDER BY (site, toStartOfHour(time), service, time, log_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS logs ON CLUSTER 'main' AS logs_local
ENGINE = Distributed('main', currentDatabase(), logs_local, sipHash64(log_id));

CREATE TABLE IF NOT EXISTS metrics_local ON CLUSTER 'main'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/metrics_local', '{replica}')
PARTITION BY toYYYYMM(time)
ORDER BY (site, name, toStartOfHour(time), series, time_ns)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS metrics ON CLUSTER 'main' AS metrics_local
ENGINE = Distributed('main', currentDatabase(), metrics_local, sipHash64(series));

CREATE TABLE IF NOT EXISTS spans_local ON CLUSTER 'main'
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
    environment LowCardinality(String),
    scope LowCardinality(String),
    links Array(String) CODEC(ZSTD(1)),
    events String CODEC(ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.01)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/spans_local', '{replica}')
PARTITION BY toYYYYMM(time)
ORDER BY (site, toStartOfHour(time), trace_id, span_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS spans ON CLUSTER 'main' AS spans_local
ENGINE = Distributed('main', currentDatabase(), spans_local, sipHash64(trace_id));

CREATE TABLE IF NOT EXISTS identity_edges_local ON CLUSTER 'main'
(
    site LowCardinality(String),
    kind UInt8,
    one UInt64,
    other UInt64,
    last SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(ZSTD(1))
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/identity_edges_local', '{replica}')
ORDER BY (site, one, other, kind)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS identity_edges ON CLUSTER 'main' AS identity_edges_local
ENGINE = Distributed('main', currentDatabase(), identity_edges_local, sipHash64(one));

CREATE TABLE IF NOT EXISTS orders_local ON CLUSTER 'main'
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
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/orders_local', '{replica}')
ORDER BY (site, order_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS orders ON CLUSTER 'main' AS orders_local
ENGINE = Distributed('main', currentDatabase(), orders_local, sipHash64(order_id));

CREATE TABLE IF NOT EXISTS order_tickets_local ON CLUSTER 'main'
(
    site LowCardinality(String),
    order_id String,
    event_id UUID,
    session_start DateTime64(3, 'UTC'),
    session_id UUID,
    settled DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/order_tickets_local', '{replica}', settled)
ORDER BY (site, order_id, event_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS order_tickets ON CLUSTER 'main' AS order_tickets_local
ENGINE = Distributed('main', currentDatabase(), order_tickets_local, sipHash64(order_id));

CREATE TABLE IF NOT EXISTS page_views_local ON CLUSTER 'main'
(
    site LowCardinality(String),
    session_start DateTime64(3, 'UTC'),
    session_id UUID,
    page_view_id UUID,
    time SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
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
    any_error SimpleAggregateFunction(max, UInt8),
    any_failed_request SimpleAggregateFunction(max, UInt8),
    any_struggle SimpleAggregateFunction(max, UInt8),
    errors SimpleAggregateFunction(groupUniqArrayArray(200), Array(Tuple(time DateTime64(3, 'UTC'), name String, source String))) CODEC(ZSTD(1)),
    struggles SimpleAggregateFunction(groupUniqArrayArray(200), Array(Tuple(time DateTime64(3, 'UTC'), name String, target String))) CODEC(ZSTD(1)),
    requests SimpleAggregateFunction(groupUniqArrayArray(500), Array(Tuple(time DateTime64(3, 'UTC'), method String, target String, duration_ms Float32, status UInt16, trace_id String))) CODEC(ZSTD(1)),
    resources SimpleAggregateFunction(groupUniqArrayArray(200), Array(Tuple(time DateTime64(3, 'UTC'), name String, source String, duration_ms Float32, status UInt16))) CODEC(ZSTD(1)),
    tags SimpleAggregateFunction(groupUniqArrayArray(100), Array(String)),
    INDEX by_session session_id TYPE bloom_filter(0.01)
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/page_views_local', '{replica}')
PARTITION BY toYYYYMM(session_start)
ORDER BY (site, session_start, session_id, page_view_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS page_views ON CLUSTER 'main' AS page_views_local
ENGINE = Distributed('main', currentDatabase(), page_views_local, sipHash64(session_id));

CREATE TABLE IF NOT EXISTS service_minutes_local ON CLUSTER 'main'
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
    duration_ms Array(Float32),
    generated UInt64,
    version UInt64,
    gone UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/service_minutes_local', '{replica}', version, gone)
PARTITION BY toYYYYMM(minute)
ORDER BY (site, minute, service, operation, kind, release)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS service_minutes ON CLUSTER 'main' AS service_minutes_local
ENGINE = Distributed('main', currentDatabase(), service_minutes_local, sipHash64(site, minute));

CREATE TABLE IF NOT EXISTS service_edges_local ON CLUSTER 'main'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/service_edges_local', '{replica}', version, gone)
PARTITION BY toYYYYMM(minute)
ORDER BY (site, minute, environment, caller, callee)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS service_edges ON CLUSTER 'main' AS service_edges_local
ENGINE = Distributed('main', currentDatabase(), service_edges_local, sipHash64(site, minute));

CREATE TABLE IF NOT EXISTS server_signals_local ON CLUSTER 'main'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/server_signals_local', '{replica}', version, gone)
PARTITION BY toYYYYMM(minute)
ORDER BY (site, minute, trace_id, span_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS server_signals ON CLUSTER 'main' AS server_signals_local
ENGINE = Distributed('main', currentDatabase(), server_signals_local, sipHash64(site, minute));

CREATE TABLE IF NOT EXISTS dirty_minutes_local ON CLUSTER 'main'
(
    site LowCardinality(String),
    minute DateTime64(3, 'UTC'),
    ticket UUID,
    settled DateTime64(3, 'UTC'),
    written DateTime DEFAULT now()
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/dirty_minutes_local', '{replica}', settled)
ORDER BY (site, minute, ticket)
TTL written + toIntervalDay(1) DELETE WHERE settled > toDateTime64(0, 3, 'UTC')
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS dirty_minutes ON CLUSTER 'main' AS dirty_minutes_local
ENGINE = Distributed('main', currentDatabase(), dirty_minutes_local, sipHash64(site, minute));

CREATE TABLE IF NOT EXISTS sessions_local ON CLUSTER 'main'
(
    site LowCardinality(String),
    session_start DateTime64(3, 'UTC'),
    session_id UUID,
    last SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    entry SimpleAggregateFunction(max, Tuple(is_page UInt8, earliness UInt64, event_id UUID, landing_host String, landing_path String, referrer String, channel String, campaign String, country String, region String, device_class String, device_tier String, browser String, os String, visitor String, release String)) CODEC(ZSTD(1)),
    known SimpleAggregateFunction(max, Tuple(time DateTime64(3, 'UTC'), event_id UUID, user_id String)) CODEC(ZSTD(1)),
    device_id SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
    steps SimpleAggregateFunction(groupUniqArrayArray(1000), Array(Tuple(time DateTime64(3, 'UTC'), step String, page_view_id UUID))) CODEC(ZSTD(1)),
    lcp SimpleAggregateFunction(max, Nullable(Float32)),
    inp SimpleAggregateFunction(max, Nullable(Float32)),
    cls SimpleAggregateFunction(max, Nullable(Float32)),
    slowest_request_ms SimpleAggregateFunction(max, Float32),
    slowest_resource_ms SimpleAggregateFunction(max, Float32),
    errors SimpleAggregateFunction(groupUniqArrayArray(1000), Array(UInt64)),
    failed_requests SimpleAggregateFunction(groupUniqArrayArray(1000), Array(UInt64)),
    struggles SimpleAggregateFunction(groupUniqArrayArray(1000), Array(UInt64)),
    rating SimpleAggregateFunction(max, Tuple(time DateTime64(3, 'UTC'), value Float32, message String)) CODEC(ZSTD(1)),
    orders SimpleAggregateFunction(maxMap, Map(String, Tuple(revenue Decimal(18, 4), currency String))),
    refunds SimpleAggregateFunction(maxMap, Map(String, Tuple(order_id String, revenue Decimal(18, 4), currency String))),
    told_before SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    who SimpleAggregateFunction(max, UInt64) DEFAULT multiIf((tupleElement(known, 'user_id') != '') AND (NOT has(['null', 'undefined', 'none', 'nil', 'nan', 'anonymous', 'guest', 'unknown', 'true', 'false', '0', '-1', '[object object]', '[email]', '[phone]', '[token]'], lower(tupleElement(known, 'user_id')))), bitOr(sipHash64(site, tupleElement(known, 'user_id')), bitShiftLeft(toUInt64(1), 63)), (device_id != '') AND (NOT has(['null', 'undefined', 'none', 'nil', 'nan', 'anonymous', 'guest', 'unknown', 'true', 'false', '0', '-1', '[object object]', '[email]', '[phone]', '[token]'], lower(device_id))), bitOr(bitShiftRight(sipHash64(site, device_id), 2), bitShiftLeft(toUInt64(1), 62)), toUInt64(0)),
    node SimpleAggregateFunction(max, UInt64),
    user_id String ALIAS tupleElement(known, 'user_id'),
    landing_host LowCardinality(String) ALIAS tupleElement(entry, 'landing_host'),
    landing_path String ALIAS tupleElement(entry, 'landing_path'),
    referrer LowCardinality(String) ALIAS tupleElement(entry, 'referrer'),
    channel LowCardinality(String) ALIAS tupleElement(entry, 'channel'),
    campaign LowCardinality(String) ALIAS tupleElement(entry, 'campaign'),
    country LowCardinality(String) ALIAS tupleElement(entry, 'country'),
    region LowCardinality(String) ALIAS tupleElement(entry, 'region'),
    device_class LowCardinality(String) ALIAS tupleElement(entry, 'device_class'),
    device_tier LowCardinality(String) ALIAS tupleElement(entry, 'device_tier'),
    browser LowCardinality(String) ALIAS tupleElement(entry, 'browser'),
    os LowCardinality(String) ALIAS tupleElement(entry, 'os'),
    visitor LowCardinality(String) ALIAS tupleElement(entry, 'visitor'),
    release LowCardinality(String) ALIAS tupleElement(entry, 'release'),
    INDEX by_session session_id TYPE bloom_filter(0.01)
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/sessions_local', '{replica}')
PARTITION BY toYYYYMM(session_start)
ORDER BY (site, session_start, session_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS sessions ON CLUSTER 'main' AS sessions_local
ENGINE = Distributed('main', currentDatabase(), sessions_local, sipHash64(session_id));

CREATE TABLE IF NOT EXISTS trace_visits_local ON CLUSTER 'main'
(
    site LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    session_start DateTime64(3, 'UTC'),
    session_id UUID,
    page_view_id UUID
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/trace_visits_local', '{replica}')
PARTITION BY toYYYYMM(session_start)
ORDER BY (site, trace_id, session_id, page_view_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS trace_visits ON CLUSTER 'main' AS trace_visits_local
ENGINE = Distributed('main', currentDatabase(), trace_visits_local, sipHash64(trace_id));

CREATE TABLE IF NOT EXISTS identity_nodes ON CLUSTER 'main'
(
    key UInt64,
    number UInt32
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/identity_nodes', '{shard}-{replica}')
ORDER BY key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS merged_nodes ON CLUSTER 'main'
(
    number UInt64,
    turn UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/merged_nodes', '{shard}-{replica}')
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS merged_nodes_next ON CLUSTER 'main'
(
    number UInt64,
    turn UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/merged_nodes_next', '{shard}-{replica}')
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE DICTIONARY IF NOT EXISTS people ON CLUSTER 'main'
(
    number UInt64,
    turn UInt32 DEFAULT 0
)
PRIMARY KEY number
SOURCE(CLICKHOUSE(TABLE 'merged_nodes'))
LIFETIME(0)
LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 200000000));

CREATE TABLE IF NOT EXISTS exchange_rates ON CLUSTER 'main'
(
    site LowCardinality(String),
    currency LowCardinality(String),
    since Int64,
    until Int64,
    day Date,
    rate Decimal(38, 18),
    into LowCardinality(String),
    decimals UInt8,
    stated LowCardinality(String)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/exchange_rates', '{shard}-{replica}')
ORDER BY (site, currency, since)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS schema_migrations ON CLUSTER 'main'
(
    version UInt32,
    name String,
    applied DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/schema_migrations', '{shard}-{replica}')
ORDER BY version
SETTINGS fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS exchange_rates_next ON CLUSTER 'main'
(
    site LowCardinality(String),
    currency LowCardinality(String),
    since Int64,
    until Int64,
    day Date,
    rate Decimal(38, 18),
    into LowCardinality(String),
    decimals UInt8,
    stated LowCardinality(String)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/exchange_rates_next', '{shard}-{replica}')
ORDER BY (site, currency, since)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE DICTIONARY IF NOT EXISTS exchange ON CLUSTER 'main'
(
    since Int64,
    until Int64,
    site String,
    currency String,
    day Date DEFAULT '1970-01-01',
    rate Decimal(38, 18) DEFAULT 0,
    into String DEFAULT '',
    decimals UInt8 DEFAULT 0
)
PRIMARY KEY site, currency
SOURCE(CLICKHOUSE(TABLE 'exchange_rates'))
LIFETIME(0)
LAYOUT(COMPLEX_KEY_RANGE_HASHED())
RANGE(MIN since MAX until);

CREATE MATERIALIZED VIEW IF NOT EXISTS dirty_minutes_of ON CLUSTER 'main' TO dirty_minutes AS
SELECT
    site,
    toDateTime64(toStartOfMinute(time), 3, 'UTC') AS minute,
    generateUUIDv4() AS ticket,
    toDateTime64(0, 3, 'UTC') AS settled
FROM spans_local AS spans
GROUP BY site, minute;

CREATE MATERIALIZED VIEW IF NOT EXISTS identity_edges_of ON CLUSTER 'main' TO identity_edges AS
WITH
    bitShiftLeft(toUInt64(1), 63) AS as_user,
    bitShiftLeft(toUInt64(1), 62) AS as_other,
    ['null', 'undefined', 'none', 'nil', 'nan', 'anonymous', 'guest', 'unknown', 'true', 'false', '0', '-1', '[object object]', '[email]', '[phone]', '[token]'] AS nobody,
    user_id != '' AND NOT has(nobody, lower(user_id)) AS has_user,
    bitOr(sipHash64(site, user_id), as_user) AS user,
    device_id != '' AND NOT has(nobody, lower(device_id)) AS has_device,
    bitOr(bitShiftRight(sipHash64(site, device_id), 2), as_other) AS device,
    if(type = 'identify', JSONExtractString(props, 'previous_id'), '') AS previous,
    previous NOT IN ('', user_id) AND NOT has(nobody, lower(previous)) AS has_previous,
    if(type = 'identify', lower(JSONExtractString(props, 'email_hash')), '') AS email_hash,
    match(email_hash, '^([0-9a-f]|\\[card\\]){40,64}$')
        AND email_hash != 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' AS has_email, -- of no address
    arrayFilter(edge -> edge.1 > 0, [
        (toUInt8(has_device AND has_user), device, user),
        (toUInt8(has_previous AND has_user), bitOr(bitShiftRight(sipHash64(site, previous), 2), as_other), user),
        (toUInt8(if(has_previous AND has_user, 2, 0)), bitOr(sipHash64(site, previous), as_user), user),
        (toUInt8(if(has_email AND has_user, 3, 0)), bitOr(bitShiftRight(sipHash64(site, 'email', email_hash), 2), as_other), user)
    ]) AS edges
SELECT
    site,
    edge.1 AS kind,
    edge.2 AS one,
    edge.3 AS other,
    max(events.time) AS last
FROM events_local AS events
ARRAY JOIN edges AS edge
WHERE device_class NOT IN ['bot', 'internal', 'program']
GROUP BY site, kind, one, other;

CREATE VIEW IF NOT EXISTS order_less_refunds ON CLUSTER 'main' AS
WITH
    dictGet(
        'exchange', ('into', 'rate', 'decimals'), (site, toString(currency)),
        toUnixTimestamp64Milli(if(toUnixTimestamp64Milli(session_start) > 0, session_start, orders.time))) AS exchange
SELECT
    *,
    session_id,
    session_start,
    revenue,
    currency,
    greatest(
        arraySum(one -> if(one.currency = orders.currency, one.revenue, toDecimal64(0, 4)), mapValues(orders.refunds)),
        if(arrayExists(one -> one.currency = '' AND one.revenue = 0, mapValues(orders.refunds)), orders.revenue, toDecimal64(0, 4))) AS refunded,
    greatest(orders.revenue - refunded, toDecimal128(0, 4)) AS revenue_net,
    toUInt8(refunded > orders.revenue) AS over_refunded,
    toUInt8(arrayExists(one -> one.currency NOT IN ('', orders.currency), mapValues(orders.refunds))) AS refunded_apart,
    if(exchange.2 > 0, exchange.1, toString(currency)) AS booked_currency,
    if(exchange.2 > 0, CAST(round(toDecimal256(orders.revenue, 4) * exchange.2, exchange.3), 'Decimal(38, 4)'), toDecimal128(orders.revenue, 4)) AS booked,
    if(exchange.2 > 0, CAST(round(toDecimal256(revenue_net, 4) * exchange.2, exchange.3), 'Decimal(38, 4)'), revenue_net) AS booked_net
FROM orders;

CREATE MATERIALIZED VIEW IF NOT EXISTS order_tickets_of ON CLUSTER 'main' TO order_tickets AS
SELECT
    site,
    order_id,
    event_id,
    if(type = 'order', events.session_start, toDateTime64(0, 3, 'UTC')) AS session_start,
    if(type = 'order', events.session_id, toUUID('00000000-0000-0000-0000-000000000000')) AS session_id,
    toDateTime64(0, 3, 'UTC') AS settled
FROM events_local AS events
WHERE type IN ('order', 'refund') AND order_id != '';

CREATE MATERIALIZED VIEW IF NOT EXISTS orders_of ON CLUSTER 'main' TO orders AS
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
FROM events_local AS events
WHERE type IN ('order', 'refund') AND order_id != ''
GROUP BY site, order_id;

CREATE VIEW IF NOT EXISTS page_view_felt ON CLUSTER 'main' AS
SELECT
    *,
    multiIf(
        slowest_request_ms >= 3000, 'request',
        ifNull(lcp, 0) > 4000, 'lcp',
        ifNull(inp, 0) > 500, 'inp',
        slowest_resource_ms >= 3000, 'resource',
        '') AS slow_by,
    toUInt8(slow_by != '') AS slow,
    toUInt8(any_error OR any_failed_request) AS error,
    any_struggle AS struggle,
    arrayFilter(r -> r.status = 0 OR r.status >= 500, requests) AS failed_requests,
    arrayConcat(arrayFilter(key -> NOT endsWith(key, '='), arrayMap(
        (name, value) -> concat(name, '=', value),
        ['release'], [release])), tags) AS page_keys
FROM page_views;

CREATE MATERIALIZED VIEW IF NOT EXISTS page_views_of ON CLUSTER 'main' TO page_views_local AS
SELECT
    site,
    session_start,
    session_id,
    page_view_id,
    min(events.time) AS time,
    max(events.time) AS last,
    maxIf(events.path, type = 'page_view') AS path,
    maxIf(events.route, type = 'page_view') AS route,
    maxIf(events.step, type = 'page_view') AS step,
    maxIf(events.release, type = 'page_view') AS release,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'LCP') AS lcp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'INP') AS inp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'CLS') AS cls,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'FCP') AS fcp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'TTFB') AS ttfb,
    maxIf(tuple(toFloat32(value), target, source), type = 'vital' AND name = 'LCP') AS lcp_by,
    maxIf(tuple(toFloat32(value), target, source), type = 'vital' AND name = 'INP') AS inp_by,
    maxIf(tuple(toFloat32(value), target, source), type = 'vital' AND name = 'CLS') AS cls_by,
    maxIf(value, type IN ('cart', 'checkout')) AS cart_value,
    maxIf(duration_ms, type = 'request') AS slowest_request_ms,
    maxIf(duration_ms, type = 'resource') AS slowest_resource_ms,
    max(type = 'error') AS any_error,
    max((type = 'request' AND status = 0) OR (type IN ('request', 'page_view') AND status >= 500)) AS any_failed_request,
    max(type = 'struggle') AS any_struggle,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), source), type = 'error') AS errors,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), target), type = 'struggle') AS struggles,
    -- the navigation that failed to bring the page is one of its failed requests
    groupUniqArrayIf(500)(
        tuple(events.time, toString(method), if(type = 'page_view', events.path, target), duration_ms, status, trace_id),
        type = 'request' OR (type = 'page_view' AND status >= 500)) AS requests,
    groupUniqArrayIf(200)(tuple(events.time, toString(name), source, duration_ms, status), type = 'resource') AS resources,
    groupUniqArrayArray(100)(CAST(events.tags, 'Array(String)')) AS tags
FROM events_local AS events
WHERE session_id != toUUID('00000000-0000-0000-0000-000000000000')
    AND page_view_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id, page_view_id;

CREATE VIEW IF NOT EXISTS session_revenue_less_refunds ON CLUSTER 'main' AS
SELECT
    * EXCEPT (told, sums, codes),
    toUInt8(notEmpty(told)) AS converted,
    length(told) AS n_orders,
    mapFromArrays(codes, arrayMap(code -> countEqual(sums.1, code), codes)) AS orders_in,
    mapFromArrays(codes, arrayMap(code -> arraySum(one -> if(one.1 = code, one.2, toDecimal128(0, 4)), sums), codes)) AS paid,
    mapFromArrays(codes, arrayMap(code -> arraySum(one -> if(one.1 = code, one.3, toDecimal128(0, 4)), sums), codes)) AS paid_net,
    codes[1] AS currency,
    paid[currency] AS revenue,
    paid_net[currency] AS revenue_net,
    arrayMap(
        (one, sum) -> CAST(
            tuple(one.1, sum.1, one.2, greatest(one.2 - one.3, toDecimal128(0, 4)), sum.2, sum.3, dictGet('exchange', 'day', (site, one.1), toUnixTimestamp64Milli(session_start))),
            'Tuple(currency String, into String, told Decimal(38, 4), told_net Decimal(38, 4), paid Decimal(38, 4), paid_net Decimal(38, 4), day Date)'),
        arrayFilter(one -> one.4 > 0, told), arrayFilter((sum, one) -> one.4 > 0, sums, told)) AS exchanged,
    toUInt8(arrayExists(one -> one.3 > one.2, told)) AS over_refunded,
    toUInt8(arrayExists(one -> one.5, told)) AS refunded_apart
FROM (
    SELECT *, arraySort(code -> (-countEqual(sums.1, code), code), arrayDistinct(sums.1)) AS codes
    FROM (
        SELECT
            *,
            arrayMap(one -> if(
                one.4 > 0,
                tuple(
                    dictGet('exchange', 'into', (site, one.1), toUnixTimestamp64Milli(session_start)),
                    CAST(round(toDecimal256(one.2, 4) * one.4, dictGet('exchange', 'decimals', (site, one.1), toUnixTimestamp64Milli(session_start))), 'Decimal(38, 4)'),
                    CAST(round(toDecimal256(greatest(one.2 - one.3, toDecimal128(0, 4)), 4) * one.4, dictGet('exchange', 'decimals', (site, one.1), toUnixTimestamp64Milli(session_start))), 'Decimal(38, 4)')),
                tuple(one.1, toDecimal128(one.2, 4), greatest(one.2 - one.3, toDecimal128(0, 4)))), told) AS sums
        FROM (
            WITH mapFilter((id, money) -> NOT has(told_before, id), sessions.orders) AS own
            SELECT
                * REPLACE (own AS orders),
                user_id, landing_host, landing_path, referrer, channel, campaign, country, region, device_class, device_tier, browser, os, visitor, release,
                arrayMap((id, money) -> tuple(
                    money.currency,
                    money.revenue,
                    greatest(
                        arraySum(one -> if(one.order_id = id AND one.currency = money.currency, one.revenue, toDecimal64(0, 4)), mapValues(refunds)),
                        if(arrayExists(one -> one.order_id = id AND one.currency = '' AND one.revenue = 0, mapValues(refunds)), money.revenue, toDecimal64(0, 4))),
                    dictGet('exchange', 'rate', (site, money.currency), toUnixTimestamp64Milli(session_start)),
                    arrayExists(one -> one.order_id = id AND one.currency NOT IN ('', money.currency), mapValues(refunds))
                ), mapKeys(own), mapValues(own)) AS told
            FROM sessions
        )
    )
);

CREATE MATERIALIZED VIEW IF NOT EXISTS sessions_of ON CLUSTER 'main' TO sessions_local AS
SELECT
    site,
    session_start,
    session_id,
    max(events.time) AS last,
    max(tuple(
        toUInt8(type = 'page_view'),
        toUInt64(4611686018427387904 - toUnixTimestamp64Milli(events.time)),
        event_id,
        host, path, referrer, channel, campaign, country, region, device_class, device_tier, browser, os, visitor, release)) AS entry,
    maxIf(tuple(events.time, event_id, user_id), user_id != '') AS known,
    max(events.device_id) AS device_id,
    groupUniqArrayIf(1000)(tuple(events.time, toString(step), page_view_id), type = 'page_view') AS steps,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'LCP') AS lcp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'INP') AS inp,
    maxOrNullIf(toFloat32(value), type = 'vital' AND name = 'CLS') AS cls,
    maxIf(duration_ms, type = 'request') AS slowest_request_ms,
    maxIf(duration_ms, type = 'resource') AS slowest_resource_ms,
    groupUniqArrayIf(1000)(cityHash64(event_id), type = 'error') AS errors,
    groupUniqArrayIf(1000)(cityHash64(event_id), (type = 'request' AND status = 0) OR (type IN ('request', 'page_view') AND status >= 500)) AS failed_requests,
    groupUniqArrayIf(1000)(cityHash64(event_id), type = 'struggle') AS struggles,
    maxIf(tuple(events.time, toFloat32(value), message), type = 'rating') AS rating,
    maxMapIf(map(order_id, tuple(revenue, toString(currency))), type = 'order' AND order_id != '') AS orders
FROM events_local AS events
WHERE session_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY site, session_start, session_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS trace_visits_of ON CLUSTER 'main' TO trace_visits AS
SELECT DISTINCT site, trace_id, session_start, session_id, page_view_id
FROM events_local AS events
WHERE trace_id != '' AND session_id != toUUID('00000000-0000-0000-0000-000000000000');

CREATE VIEW IF NOT EXISTS session_felt ON CLUSTER 'main' AS
SELECT
    *,
    length(errors) AS n_errors,
    length(failed_requests) AS n_failed_requests,
    length(struggles) AS n_struggles,
    toUInt32(length(steps)) AS n_page_views,
    toUInt8(slowest_request_ms >= 3000 OR ifNull(lcp, 0) > 4000 OR ifNull(inp, 0) > 500 OR slowest_resource_ms >= 3000) AS slow,
    toUInt8(notEmpty(errors) OR notEmpty(failed_requests)) AS error,
    toUInt8(notEmpty(struggles)) AS struggle,
    toUInt8(NOT (slow OR error OR struggle)) AS good,
    toUInt8(device_class NOT IN ['bot', 'internal', 'program']
        AND (entry.is_page = 1 OR device_id != '' OR device_class != '' OR notEmpty(orders))) AS counted
FROM session_revenue_less_refunds;

CREATE VIEW IF NOT EXISTS session_person ON CLUSTER 'main' AS
SELECT
    site,
    session_start,
    session_id,
    device_id,
    user_id,
    device_class,
    counted,
    bitXor(dictGet('people', 'turn', bitAnd(node, 4294967295)), toUInt32(node)) AS person
FROM session_felt;

CREATE VIEW IF NOT EXISTS visits_counted ON CLUSTER 'main' AS
SELECT
    *,
    arrayFilter(key -> NOT endsWith(key, '='), arrayMap(
        (name, value) -> concat(name, '=', value),
        ['device_class', 'device_tier', 'country', 'region', 'campaign', 'visitor', 'browser'], [device_class, device_tier, country, region, campaign, visitor, browser])) AS visit_keys
FROM session_felt
WHERE counted;

CREATE VIEW IF NOT EXISTS visits_left_out ON CLUSTER 'main' AS
SELECT site, session_start, session_id
FROM session_felt
WHERE NOT counted;

CREATE VIEW IF NOT EXISTS people_counted ON CLUSTER 'main' AS
SELECT *
FROM session_person
WHERE counted AND person != 0;
