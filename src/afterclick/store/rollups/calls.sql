-- name: calls
-- What a call between services is. Each span stands at its own place, at that of its parent and, one that took a message,
-- at those that it links to; grouped by place, a span so meets what it set off, whatever the trace. Its time is what the
-- caller waited where the caller says so. A call that no service answered goes by the name that the caller gives the
-- callee, unless another call of the caller's own stands under it, at most one internal span between.
placed AS (
    SELECT
        tupleElement(place, 1) AS in_trace, tupleElement(place, 2) AS id, tupleElement(place, 3) AS is_own,
        minute, environment, service, kind, parent_span_id, peer, duration_ns, status = 'error' AS failed
    FROM linked
    ARRAY JOIN arrayConcat(
        [(trace_id, span_id, true)],
        if(parent_span_id = '', [], [(trace_id, parent_span_id, false)]),
        arrayMap(
            link -> (substring(link, 1, 32), substring(link, 34), false),
            arrayFilter(
                link -> kind = 'consumer' AND link != concat(trace_id, '-', parent_span_id), arrayDistinct(links)))
    ) AS place
),
nodes AS (
    SELECT
        in_trace, id,
        anyIf(tuple(minute, environment, toString(service), toString(kind), parent_span_id, toString(peer), duration_ns, failed), is_own)
            AS own,
        groupArrayIf(tuple(minute, environment, toString(service), toString(kind), duration_ns, failed), NOT is_own)
            AS children,
        arrayExists(child -> child.3 != own.3 OR child.4 != 'internal', children) AS goes_on
    FROM placed
    GROUP BY in_trace, id
    HAVING max(is_own)
),
answered AS (
    SELECT
        child.1 AS minute,
        if(own.2 = '', child.2, own.2) AS environment,
        own.3 AS caller,
        child.3 AS callee,
        if(own.4 IN ('client', 'producer'), own.7, child.5) AS duration_ns,
        own.8 OR child.6 AS failed
    FROM nodes
    ARRAY JOIN children AS child
    WHERE child.3 != own.3
),
unanswered AS (
    SELECT
        tupleElement(anyIf(own, is_own), 1) AS minute,
        tupleElement(anyIf(own, is_own), 2) AS environment,
        tupleElement(anyIf(own, is_own), 3) AS caller,
        tupleElement(anyIf(own, is_own), 6) AS callee,
        tupleElement(anyIf(own, is_own), 7) AS duration_ns,
        tupleElement(anyIf(own, is_own), 8) AS failed
    FROM
    (
        SELECT in_trace, tupleElement(place, 1) AS at, tupleElement(place, 2) AS is_own, own, goes_on
        FROM nodes
        ARRAY JOIN if(own.4 = 'internal', [(own.5, false)], [(id, true)]) AS place
        WHERE own.4 IN ('client', 'producer') OR (own.4 = 'internal' AND goes_on)
    )
    GROUP BY in_trace, at
    HAVING max(is_own) AND NOT max(goes_on) AND callee != ''
),
calls AS (
    SELECT minute, environment, caller, callee, duration_ns, failed FROM answered
    UNION ALL
    SELECT minute, environment, caller, callee, duration_ns, failed FROM unanswered
)
