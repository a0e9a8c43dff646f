-- Arrivals of visits at a journey step: what was known on arrival, whether the problem met it, and what came after.
-- An empty step means every step; visits that do not count are left out. `every` keeps one visit in so many, chosen by its id.

-- name: count_arrivals
SELECT toInt64(count()) AS arrivals, toInt64(uniq(session_id)) AS visits
FROM page_views
WHERE site = {site:String}
    AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 1 DAY
    AND time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (step = {step:String} OR {step:String} = '')
    AND (empty({any_step:Array(String)}) OR has({any_step:Array(String)}, step))
    AND session_id NOT IN (
        SELECT session_id FROM visits_left_out
        WHERE site = {site:String}
            AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 1 DAY
            AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    )

-- name: arrivals
-- `limited` are the places of conditions, from 1, 0 for the question itself, each with a device class: of which the limits are.
-- `any_…` hold several conditions of exposure, one an index, in the place of signal and segment: a union, in which only
-- arrivals are compared that could have met one of them. `exposed` is 2 where that was met before its onset.
-- Money is that of the currency of most orders, after those that a rate converts: others are never added to it.
WITH
    (place, class, request_ms, lcp_ms) ->
        request_ms >= transform(concat(place, '\n', class), {limited:Array(String)}, {request_limits:Array(Int64)}, 1000000000000)
        OR lcp_ms >= transform(concat(place, '\n', class), {limited:Array(String)}, {lcp_limits:Array(Int64)}, 1000000000000)
        AS is_slower,
    (
        SELECT argMax(code, (n, code)) FROM (
            SELECT booked_currency AS code, count() AS n
            FROM order_less_refunds
            WHERE site = {site:String}
                AND time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
                AND booked > 0
            GROUP BY code
        )
    ) AS main,
    views AS
    (
        SELECT
            session_id,
            time,
            step,
            path,
            tags,
            page_keys,
            multiIf(
                {signal:String} = 'slow', slow,
                {signal:String} = 'error', error,
                {signal:String} = 'struggle', struggle,
                toUInt8(slow OR error OR struggle)) AS met,
            slowest_request_ms,
            lcp,
            slow,
            error,
            struggle,
            row_number() OVER visit AS view_index,
            row_number() OVER (PARTITION BY session_id, step ORDER BY time, page_view_id) AS step_index,
            min(time) OVER earlier AS first_time,
            sum(slow) OVER earlier AS slow_before,
            sum(error) OVER earlier AS error_before,
            sum(struggle) OVER earlier AS struggle_before,
            argMaxIf(cart_value, time, cart_value > 0) OVER earlier AS cart_before
        FROM page_view_felt
        WHERE site = {site:String}
            AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 1 DAY
            AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
            AND cityHash64(session_id) % {every:UInt64} = 0
        WINDOW
            visit AS (PARTITION BY session_id ORDER BY time, page_view_id),
            earlier AS (
                PARTITION BY session_id ORDER BY time, page_view_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ),
    visits AS
    (
        SELECT
            session_id, device_id, device_class, device_tier, country, channel, campaign, visitor, browser, visit_keys
        FROM visits_counted
        WHERE site = {site:String}
            AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 1 DAY
            AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    ),
    paid AS
    (
        SELECT session_id, groupArray((time, if(booked_currency = main, toFloat64(booked), 0.))) AS orders
        FROM order_less_refunds
        WHERE site = {site:String}
            AND time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        GROUP BY session_id
    )
SELECT
    cityHash64(views.session_id) AS visit,
    cityHash64(if(visits.device_id = '', toString(views.session_id), visits.device_id)) AS device,
    toUnixTimestamp64Milli(views.time) AS arrived,
    views.step AS step,
    views.path AS path,
    toUInt8(multiIf(
        empty({any_step:Array(String)}) AND {signal:String} = 'slower',
        is_slower('0', toString(visits.device_class), views.slowest_request_ms, ifNull(views.lcp, 0)),
        empty({any_step:Array(String)}), ifNull(views.met, 0),
        arrayExists(
            (s, g, k, o, place) -> toUnixTimestamp64Milli(views.time) >= o AND s = views.step
                AND multiIf(
                    g = 'slow', views.slow,
                    g = 'error', views.error,
                    g = 'struggle', views.struggle,
                    is_slower(place, toString(visits.device_class), views.slowest_request_ms, ifNull(views.lcp, 0))) != 0
                AND (k = '' OR hasAll(arrayConcat(visits.visit_keys, views.page_keys), splitByChar('\n', k))),
            {any_step:Array(String)}, {any_signal:Array(String)}, {any_segment:Array(String)}, {any_onset:Array(Int64)},
            arrayMap(place -> toString(place), arrayEnumerate({any_step:Array(String)}))), 1,
        arrayExists(
            (s, g, k, place) -> s = views.step
                AND multiIf(
                    g = 'slow', views.slow,
                    g = 'error', views.error,
                    g = 'struggle', views.struggle,
                    is_slower(place, toString(visits.device_class), views.slowest_request_ms, ifNull(views.lcp, 0))) != 0
                AND (k = '' OR hasAll(arrayConcat(visits.visit_keys, views.page_keys), splitByChar('\n', k))),
            {any_step:Array(String)}, {any_signal:Array(String)}, {any_segment:Array(String)},
            arrayMap(place -> toString(place), arrayEnumerate({any_step:Array(String)}))), 2,
        0)) AS exposed,
    toUInt8(if(
        empty({any_step:Array(String)}),
        hasAll(arrayConcat(visits.visit_keys, views.page_keys), {segment:Array(String)}),
        arrayExists(
            (s, k) -> s = views.step
                AND (k = '' OR hasAll(arrayConcat(visits.visit_keys, views.page_keys), splitByChar('\n', k))),
            {any_step:Array(String)}, {any_segment:Array(String)})
    )) AS in_segment,
    toInt32(views.view_index) AS view_index,
    toInt32(views.step_index) AS step_index,
    if(views.view_index = 1, 0., (toUnixTimestamp64Milli(views.time) - toUnixTimestamp64Milli(views.first_time)) / 1000.) AS seconds,
    toInt32(ifNull(views.slow_before, 0)) AS slow_before,
    toInt32(ifNull(views.error_before, 0)) AS error_before,
    toInt32(ifNull(views.struggle_before, 0)) AS struggle_before,
    views.cart_before AS cart_before,
    toString(visits.device_class) AS device_class,
    toString(visits.device_tier) AS device_tier,
    toString(visits.country) AS country,
    toString(visits.channel) AS channel,
    toString(visits.campaign) AS campaign,
    toString(visits.visitor) AS visitor,
    toString(visits.browser) AS browser,
    views.tags AS tags,
    toFloat64(length(arrayFilter(x -> x.1 > views.time, paid.orders))) AS orders,
    arraySum(x -> x.2, arrayFilter(x -> x.1 > views.time, paid.orders)) AS revenue,
    toFloat64(length(paid.orders)) AS orders_of_visit,
    arraySum(x -> x.2, paid.orders) AS revenue_of_visit,
    arrayMin(arrayMap(x -> toUnixTimestamp64Milli(x.1), arrayFilter(x -> x.1 > views.time, paid.orders))) AS next_order,
    ifNull(main, '') AS currency
FROM views
INNER JOIN visits ON visits.session_id = views.session_id
LEFT JOIN paid ON paid.session_id = views.session_id
WHERE views.time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND views.time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (views.step = {step:String} OR {step:String} = '')
    AND (empty({any_step:Array(String)}) OR has({any_step:Array(String)}, views.step))
ORDER BY visit, arrived, view_index
