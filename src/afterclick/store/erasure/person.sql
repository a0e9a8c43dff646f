-- What belongs to one person. `person_ids` holds the ids that were found, under the `job` that asked for them.
-- Each statement of a table's name yields what makes a row of that table itself; of a table whose rows hold an id of
-- theirs in a column, `Table.people` says which.

-- name: named_ids
-- The ids whose nodes are among `keys`: what the view `identity_edges_of` made keys of.
WITH
    {keys:Array(UInt64)} AS keys,
    bitShiftLeft(toUInt64(1), 63) AS as_user,
    bitShiftLeft(toUInt64(1), 62) AS as_other,
    if(type = 'identify', JSONExtractString(props, 'previous_id'), '') AS previous,
    if(type = 'identify', lower(JSONExtractString(props, 'email_hash')), '') AS email
SELECT
    arrayDistinct(arrayConcat(
        groupUniqArrayIf(user_id, user_id != '' AND bitOr(sipHash64(site, user_id), as_user) IN keys),
        groupUniqArrayIf(previous, previous != '' AND bitOr(sipHash64(site, previous), as_user) IN keys))) AS users,
    arrayDistinct(arrayConcat(
        groupUniqArrayIf(device_id, device_id != '' AND bitOr(bitShiftRight(sipHash64(site, device_id), 2), as_other) IN keys),
        groupUniqArrayIf(previous, previous != '' AND bitOr(bitShiftRight(sipHash64(site, previous), 2), as_other) IN keys))) AS devices,
    groupUniqArrayIf(email, email != '' AND bitOr(bitShiftRight(sipHash64(site, 'email', email), 2), as_other) IN keys) AS emails
FROM events
WHERE site = {site:String}

-- name: visits
-- Visits in which the person was named, or in which one of their devices was and nobody else.
SELECT DISTINCT toString(session_id) AS id
FROM events
WHERE site = {site:String}
    AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
    AND (user_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'user')
        OR (device_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'device')
            AND (user_id = '' OR lower(user_id) IN {nobody:Array(String)})))

-- name: shared
-- Of the person's visits, those in which somebody else was named.
SELECT session_id
FROM events
WHERE site = {site:String}
    AND toString(session_id) IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'visit')
    AND user_id != '' AND lower(user_id) NOT IN {nobody:Array(String)}
    AND user_id NOT IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'user')

-- name: orders_of_person
SELECT DISTINCT order_id AS id
FROM events
WHERE site = {site:String} AND type = 'order' AND order_id != ''
    AND (user_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'user')
        OR ((user_id = '' OR lower(user_id) IN {nobody:Array(String)})
            AND (device_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'device')
                OR toString(session_id) IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'visit'))))

-- name: traces
-- Traces that this person set off, and nobody else.
WITH (user_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'user')
    OR ((user_id = '' OR lower(user_id) IN {nobody:Array(String)})
        AND (device_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'device')
            OR toString(session_id) IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'visit')))
) AS theirs
SELECT DISTINCT trace_id AS id
FROM events
WHERE site = {site:String} AND trace_id != '' AND theirs
    AND trace_id NOT IN (
        SELECT trace_id FROM events
        WHERE site = {site:String} AND NOT theirs
            AND trace_id IN (SELECT trace_id FROM events WHERE site = {site:String} AND trace_id != '' AND theirs)
    )

-- name: events
-- Another customer's rows stay, but for an `identify` that names one of this person's ids.
SELECT event_id
FROM events
WHERE site = {site:String}
    AND (user_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'user')
        OR ((user_id = '' OR lower(user_id) IN {nobody:Array(String)})
            AND (device_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'device')
                OR toString(session_id) IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'visit')
                OR order_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'order')))
        OR (type = 'identify'
            AND (JSONExtractString(props, 'previous_id')
                    IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind IN ('user', 'device'))
                OR lower(JSONExtractString(props, 'email_hash'))
                    IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'email'))))

-- name: spans
WITH
    (SELECT groupArray(value) FROM person_ids
        WHERE job = {job:String} AND kind IN ('user', 'device', 'visit', 'email')) AS ids,
    (SELECT groupArray(value) FROM person_ids
        WHERE job = {job:String} AND kind IN ('user', 'device') AND match(value, '[0-9]') AND length(value) >= 8) AS telling,
    concat(name, ' ', status_message, ' ', exception, ' ', attributes, ' ', events) AS said
SELECT trace_id, span_id
FROM spans
WHERE site = {site:String}
    AND (trace_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'trace')
        OR (multiSearchAny(attributes, {signs:Array(String)}) AND hasAny(arrayMap(key -> trim(BOTH '"' FROM JSONExtractRaw(attributes, key)), {told:Array(String)}), ids))
        OR (multiSearchAny(events, {signs:Array(String)}) AND arrayExists(id -> position(events, concat('"', id, '"')) > 0, ids))
        OR arrayExists(id -> position(said, id) > 0
            AND match(said, concat('(^|[^0-9A-Za-z_-])', regexpQuoteMeta(id), '($|[^0-9A-Za-z_-])')), telling))

-- name: logs
WITH
    (SELECT groupArray(value) FROM person_ids
        WHERE job = {job:String} AND kind IN ('user', 'device', 'visit', 'email')) AS ids,
    (SELECT groupArray(value) FROM person_ids
        WHERE job = {job:String} AND kind IN ('user', 'device') AND match(value, '[0-9]') AND length(value) >= 8) AS telling,
    concat(body, ' ', exception, ' ', attributes, ' ', resource) AS said
SELECT log_id
FROM logs
WHERE site = {site:String}
    AND (trace_id IN (SELECT value FROM person_ids WHERE job = {job:String} AND kind = 'trace')
        OR (multiSearchAny(attributes, {signs:Array(String)}) AND hasAny(arrayMap(key -> trim(BOTH '"' FROM JSONExtractRaw(attributes, key)), {told:Array(String)}), ids))
        OR (multiSearchAny(resource, {signs:Array(String)}) AND hasAny(arrayMap(key -> trim(BOTH '"' FROM JSONExtractRaw(resource, key)), {told:Array(String)}), ids))
        OR arrayExists(id -> position(said, id) > 0
            AND match(said, concat('(^|[^0-9A-Za-z_-])', regexpQuoteMeta(id), '($|[^0-9A-Za-z_-])')), telling))

-- name: metrics
-- Series of one customer alone; a trace's id among the exemplars of a series of all is taken out of it.
WITH
    (SELECT groupArray(value) FROM person_ids
        WHERE job = {job:String} AND kind IN ('user', 'device', 'visit', 'email')) AS ids
SELECT series, time_ns
FROM metrics
WHERE site = {site:String}
    AND ((multiSearchAny(attributes, {signs:Array(String)}) AND hasAny(arrayMap(key -> trim(BOTH '"' FROM JSONExtractRaw(attributes, key)), {told:Array(String)}), ids))
        OR (multiSearchAny(resource, {signs:Array(String)}) AND hasAny(arrayMap(key -> trim(BOTH '"' FROM JSONExtractRaw(resource, key)), {told:Array(String)}), ids)))
