-- What a customer felt, by the definitions v1 of docs/definitions.md, so that each stands in one place.
CREATE VIEW page_view_felt AS
SELECT
    *,
    multiIf(
        slowest_request_ms >= {request_ms:Float64}, 'request',
        ifNull(lcp, 0) > {lcp_ms:Float64}, 'lcp',
        ifNull(inp, 0) > {inp_ms:Float64}, 'inp',
        slowest_resource_ms >= {resource_ms:Float64}, 'resource',
        '') AS slow_by,
    toUInt8(slow_by != '') AS slow,
    toUInt8(any_error OR any_failed_request) AS error,
    any_struggle AS struggle
FROM page_views
