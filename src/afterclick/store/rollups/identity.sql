-- name: stale_visits
-- Visits that lack the number of their node, or have that of the device and know the user since; by quarter of an hour.
SELECT
    toUnixTimestamp64Milli(toDateTime64(toStartOfFifteenMinutes(session_start), 3, 'UTC')) AS since,
    count() AS visits
FROM sessions
WHERE who != 0 AND bitShiftRight(who, 32) != bitShiftRight(node, 32)
GROUP BY since
ORDER BY since DESC;

-- name: number_visits
-- Numbers for the nodes of a period's visits that have none yet, after the greatest one given; those of one time side by
-- side, so that whoever looks up the people of a period finds them close together.
INSERT INTO identity_nodes (key, number)
SELECT who AS key, (SELECT max(number) FROM identity_nodes) + row_number() OVER (ORDER BY first, who) AS number
FROM (
    SELECT who, min(session_start) AS first
    FROM sessions
    WHERE session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND who != 0 AND bitShiftRight(who, 32) != bitShiftRight(node, 32)
    GROUP BY who
)
WHERE who NOT IN (SELECT key FROM identity_nodes);

-- name: link_visits
-- The number of its node, where it has one, into each visit of a period that lacks it.
INSERT INTO {visits:Identifier} (site, session_start, session_id, node)
WITH stale AS (
    SELECT site, session_start, session_id, who
    FROM {visits:Identifier}
    WHERE session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND who != 0 AND bitShiftRight(who, 32) != bitShiftRight(node, 32)
)
SELECT stale.site, stale.session_start, stale.session_id, bitOr(bitShiftLeft(bitShiftRight(who, 32), 32), nodes.number) AS node
FROM stale
INNER JOIN (
    SELECT key, number FROM identity_nodes WHERE key IN (SELECT who FROM stale)
) AS nodes ON nodes.key = stale.who
-- The same rows must go in again after a rebuild took them out.
SETTINGS insert_deduplicate = 0;

-- name: edges
SELECT kind, one, other FROM identity_edges;

-- name: edges_state
-- Equal for equal sets of edges.
SELECT count() AS edges, groupBitXor(sipHash64(kind, one, other)) AS digest FROM identity_edges;

-- name: nodes
SELECT key, number FROM identity_nodes ORDER BY key;

-- name: keys
-- What the view `identity_edges_of` makes of an id.
SELECT
    bitOr(sipHash64({site:String}, {id:String}), bitShiftLeft(toUInt64(1), 63)) AS user,
    bitOr(bitShiftRight(sipHash64({site:String}, {id:String}), 2), bitShiftLeft(toUInt64(1), 62)) AS device,
    bitOr(bitShiftRight(sipHash64({site:String}, 'email', lower({id:String})), 2), bitShiftLeft(toUInt64(1), 62)) AS email;
