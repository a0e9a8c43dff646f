-- name: seen
-- What of a site's visits has come since a moment.
SELECT
    sum(pages) AS page_views,
    max(newest) AS last_page_view,
    sum(with_trace) AS traced,
    sum(named) AS named_steps,
    sum(agreed) AS agreed_pages,
    uniqExactArray(releases) AS n_releases,
    countIf(known) AS known_visits,
    count() AS visits,
    countIf(ordered) AS ordering_visits,
    max(last_order) AS last_order,
    countIf(thanked) AS thanked_visits,
    countIf(thanked AND NOT ordered) AS thanked_without_order
FROM
(
    SELECT
        session_id,
        countIf(type = 'page_view') AS pages,
        maxIf(toUnixTimestamp64Milli(time), type = 'page_view') AS newest,
        countIf(type = 'page_view' AND trace_id != '') AS with_trace,
        countIf(type = 'page_view' AND step != '' AND step != route) AS named,
        countIf(type = 'page_view' AND JSONExtractString(props, 'consent') = 'given') AS agreed,
        groupUniqArrayIf(100)(release, type = 'page_view' AND release != '') AS releases,
        max(user_id != '') AS known,
        max(type = 'order') AS ordered,
        maxIf(toUnixTimestamp64Milli(time), type = 'order') AS last_order,
        max(type = 'page_view' AND match(lower(path), {thanks:String})) AS thanked
    FROM events
    WHERE site = {site:String}
        AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND type IN ('page_view', 'order', 'identify')
        AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
        AND session_id NOT IN (
            SELECT session_id FROM visits_left_out
            WHERE site = {site:String} AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        )
    GROUP BY session_id
);

-- name: seen_services
-- Services that have sent spans since a moment, and when the newest minute of them was.
SELECT uniqExact(service) AS services, sum(spans) AS n_spans, max(toUnixTimestamp64Milli(minute)) AS last_minute
FROM service_minutes
WHERE site = {site:String} AND minute >= fromUnixTimestamp64Milli({since:Int64}, 'UTC');
