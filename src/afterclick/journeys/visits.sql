-- name: matching
-- The visits of a filter. Those that do not count are there for who asks for them: by a device class, a person, or an id.
SELECT *
FROM session_felt
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (counted OR {device:String} != '' OR {person:UInt32} != 0 OR {find:String} != '')
    AND ({step:String} = '' OR arrayExists(s -> s.2 = {step:String}, session_felt.steps))
    AND ({device:String} = '' OR device_class = {device:String})
    AND ({country:String} = '' OR country = {country:String})
    AND ({felt:String} = ''
        OR ({felt:String} = 'slow' AND session_felt.slow)
        OR ({felt:String} = 'error' AND session_felt.error)
        OR ({felt:String} = 'struggle' AND session_felt.struggle)
        OR ({felt:String} = 'rated' AND rating.2 > 0))
    AND ({paid:String} = ''
        OR ({paid:String} = 'yes' AND converted)
        OR ({paid:String} = 'no' AND NOT converted))
    AND ({find:String} = ''
        OR user_id = {find:String} OR device_id = {find:String}
        OR mapContains(session_felt.orders, {find:String}) OR has(told_before, {find:String}))
    AND ({met_signal:String} = '' OR session_id IN (
        SELECT met.session_id
        FROM page_view_felt AS met
        INNER JOIN visits_counted AS whose ON whose.site = met.site AND whose.session_id = met.session_id
        WHERE met.site = {site:String} AND whose.site = {site:String}
            AND {met_signal:String} != ''
            AND met.session_start >= fromUnixTimestamp64Milli({met_since:Int64} - 86400000, 'UTC')
            AND whose.session_start >= fromUnixTimestamp64Milli({met_since:Int64} - 86400000, 'UTC')
            AND met.time >= fromUnixTimestamp64Milli({met_since:Int64}, 'UTC')
            AND met.time < fromUnixTimestamp64Milli({met_until:Int64}, 'UTC')
            AND met.step = {met_step:String}
            AND multiIf(
                {met_signal:String} = 'slow', met.slow,
                {met_signal:String} = 'error', met.error,
                {met_signal:String} = 'struggle', met.struggle,
                met.slowest_request_ms >= transform(
                    concat(met.step, '\n', toString(whose.device_class)),
                    {limited:Array(String)}, {request_limits:Array(Int64)}, 1000000000000)
                OR ifNull(met.lcp, 0) >= transform(
                    concat(met.step, '\n', toString(whose.device_class)),
                    {limited:Array(String)}, {lcp_limits:Array(Int64)}, 1000000000000)) != 0
            AND hasAll(arrayConcat(whose.visit_keys, met.page_keys), {met_segment:Array(String)})))
    AND ({person:UInt32} = 0 OR (session_start, session_id) IN (
        SELECT session_start, session_id FROM session_person
        WHERE site = {site:String} AND {person:UInt32} != 0 AND person = {person:UInt32}
            AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')));

-- name: visits
SELECT
    toString(session_id) AS session_id,
    toUnixTimestamp64Milli(session_start) AS started,
    toUnixTimestamp64Milli(last) AS ended,
    user_id,
    visitor,
    country,
    campaign,
    device_class,
    browser,
    arrayMap(s -> s.2, arraySort(s -> (s.1, s.3), matching.steps)) AS journey,
    lcp,
    inp,
    toBool(matching.slow) AS slow,
    toBool(matching.error) AS error,
    toBool(matching.struggle) AS struggle,
    if(rating.2 > 0, toFloat64(rating.2), NULL) AS stars,
    n_orders AS orders,
    toFloat64(revenue_net) AS revenue,
    CAST(paid_net, 'Array(Tuple(currency String, amount Float64))') AS paid,
    arrayMap(
        one -> CAST(
            tuple(one.currency, one.into, toFloat64(one.told_net), toFloat64(one.paid_net), toString(one.day), toString(one.day)),
            'Tuple(currency String, into String, told Float64, paid Float64, since String, until String)'),
        matching.exchanged) AS exchanged,
    toBool(matching.over_refunded) AS over_refunded,
    toBool(matching.refunded_apart) AS refunded_apart,
    currency
FROM matching
ORDER BY
    if({order:String} = 'paid', currency = {own_currency:String}, 0) DESC,
    multiIf(
        {order:String} = 'longest', toFloat64(toUnixTimestamp64Milli(last) - toUnixTimestamp64Milli(session_start)),
        {order:String} = 'troubles', toFloat64(n_errors + n_failed_requests + n_struggles),
        {order:String} = 'paid', toFloat64(revenue_net),
        0
    ) DESC,
    session_start DESC,
    session_id DESC
LIMIT {limit:UInt32};

-- name: totals
SELECT count() AS visits, countIf(converted) AS buyers, countIf(slow OR error OR struggle) AS troubled
FROM matching;

-- name: countries
SELECT country AS value, count() AS visits
FROM visits_counted
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND country != ''
GROUP BY value
ORDER BY visits DESC, value
LIMIT 60;

-- name: steps
SELECT arrayJoin(arrayDistinct(visits_counted.steps.2)) AS value, count() AS visits
FROM visits_counted
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY value
ORDER BY visits DESC, value
LIMIT 30;
