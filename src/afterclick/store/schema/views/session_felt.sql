-- What a visit felt, by the same definitions, beside what it paid; and whether it counts: docs/definitions.md#who-counts.
CREATE VIEW session_felt AS
SELECT
    *,
    length(errors) AS n_errors,
    length(failed_requests) AS n_failed_requests,
    length(struggles) AS n_struggles,
    toUInt32(length(steps)) AS n_page_views,
    toUInt8(slowest_request_ms >= {request_ms:Float64} OR ifNull(lcp, 0) > {lcp_ms:Float64} OR ifNull(inp, 0) > {inp_ms:Float64} OR slowest_resource_ms >= {resource_ms:Float64}) AS slow,
    toUInt8(notEmpty(errors) OR notEmpty(failed_requests)) AS error,
    toUInt8(notEmpty(struggles)) AS struggle,
    toUInt8(NOT (slow OR error OR struggle)) AS good,
    toUInt8(device_class NOT IN {left_out:Array(String)}
        AND (entry.is_page = 1 OR device_id != '' OR device_class != '' OR notEmpty(orders))) AS counted
FROM session_revenue_less_refunds
