-- What a customer felt, by the definitions of docs/definitions.md, so that each stands in one place.
-- `page_keys`: its dimensions as "dimension=value", those that are told, and its tags.
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
    any_struggle AS struggle,
    arrayFilter(r -> r.status = 0 OR r.status >= {failed_status:UInt16}, requests) AS failed_requests,
    arrayConcat(arrayFilter(key -> NOT endsWith(key, '='), arrayMap(
        (name, value) -> concat(name, '=', value),
        {page_view_dimensions:Array(String)}, [{page_view_dimensions:Columns}])), tags) AS page_keys
FROM page_views
