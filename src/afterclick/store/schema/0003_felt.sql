-- What a customer felt, by the definitions v1 of docs/definitions.md, so that each stands in one place.
CREATE VIEW IF NOT EXISTS page_view_felt AS
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
    any_struggle AS struggle
FROM page_views;

CREATE VIEW IF NOT EXISTS session_felt AS
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
    toUInt8(notEmpty(orders)) AS converted,
    length(orders) AS n_orders,
    arraySum(mapValues(orders)) AS revenue,
    revenue - arraySum(mapValues(refunds)) AS revenue_net
FROM sessions;
