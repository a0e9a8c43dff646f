-- name: visit
SELECT
    toString(session_id) AS session_id,
    toUnixTimestamp64Milli(session_start) AS started,
    toUnixTimestamp64Milli(last) AS ended,
    user_id,
    visitor,
    country,
    region,
    campaign,
    device_class,
    device_tier,
    browser,
    os,
    referrer,
    channel,
    landing_host,
    landing_path,
    release,
    toFloat64(revenue_net) AS revenue,
    CAST(paid_net, 'Array(Tuple(currency String, amount Float64))') AS paid,
    CAST(
        mapFilter((code, sum) -> sum > 0, mapApply((code, sum) -> (code, sum - paid_net[code]), session_felt.paid)),
        'Array(Tuple(currency String, amount Float64))') AS refunded,
    arrayMap(
        one -> CAST(
            tuple(one.currency, one.into, toFloat64(one.told_net), toFloat64(one.paid_net), toString(one.day), toString(one.day)),
            'Tuple(currency String, into String, told Float64, paid Float64, since String, until String)'),
        session_felt.exchanged) AS exchanged,
    toBool(session_felt.over_refunded) AS over_refunded,
    toBool(session_felt.refunded_apart) AS refunded_apart,
    n_orders AS orders,
    currency
FROM session_felt
WHERE site = {site:String} AND session_felt.session_id = {session_id:UUID};

-- name: visit_events
SELECT
    type,
    name,
    toUnixTimestamp64Milli(time) AS time,
    toString(page_view_id) AS page_view_id,
    path,
    route,
    step,
    value,
    toFloat64(duration_ms) AS duration_ms,
    status,
    method,
    target,
    source,
    message,
    trace_id,
    release,
    order_id,
    toFloat64(revenue) AS revenue,
    currency
FROM events
WHERE site = {site:String}
    AND session_start = fromUnixTimestamp64Milli({started:Int64}, 'UTC')
    AND session_id = {session_id:UUID}
    AND type != 'leave' -- the page that followed is told
ORDER BY events.time, event_id
LIMIT 2000;

-- name: visit_orders
-- Those of the visit's orders that anything was refunded of.
SELECT
    order_id,
    currency,
    toFloat64(revenue_net) AS net,
    toBool(order_less_refunds.over_refunded) AS over_refunded,
    toBool(order_less_refunds.refunded_apart) AS refunded_apart,
    mapKeys(order_less_refunds.refunds) AS refunds
FROM order_less_refunds
WHERE site = {site:String}
    AND order_id IN {orders:Array(String)}
    AND session_id = {session_id:UUID}
    AND notEmpty(order_less_refunds.refunds);

-- name: visit_refunds
SELECT
    order_id,
    toFloat64(revenue) AS amount,
    currency,
    toUnixTimestamp64Milli(time) AS time
FROM events
WHERE site = {site:String}
    AND type = 'refund'
    AND toString(event_id) IN {refunds:Array(String)}
ORDER BY events.time, event_id;

-- name: visit_spans
SELECT
    trace_id,
    span_id,
    parent_span_id,
    service,
    name,
    kind,
    start_ns,
    duration_ns,
    status,
    status_message,
    http_status,
    peer,
    exception,
    generated,
    if(JSONExtractString(attributes, 'db.query.text') != '',
        JSONExtractString(attributes, 'db.query.text'), JSONExtractString(attributes, 'db.statement')) AS query,
    arrayFirst(value -> value != '', arrayMap(
        name -> JSONExtractString(attributes, name), ['http.request.method', 'http.method'])) AS method,
    arrayFirst(value -> value != '', arrayMap(
        name -> JSONExtractString(attributes, name),
        ['url.path', 'http.target', 'url.full', 'http.url', 'http.route'])) AS address
FROM spans
WHERE site = {site:String}
    AND spans.time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND spans.time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND trace_id IN {traces:Array(String)}
ORDER BY trace_id, start_ns, span_id
LIMIT 5000;
