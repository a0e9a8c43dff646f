-- Identity: whose visits they are. docs/customers.md tells the rules, docs/decisions/0005-identity.md the reasons.
-- A node (a device, a user, the hash of an e-mail address) has a key made of its site and id: bit 63 is set for users, so
-- that of a visit's nodes the user's is the greatest; bit 62 for all others, so that no key is small.

-- One row for two nodes that were seen together. `kind` 1: device and user, 2: alias of two users, 3: user and e-mail.
CREATE TABLE IF NOT EXISTS identity_edges
(
    site LowCardinality(String),
    kind UInt8,
    one UInt64,
    other UInt64,
    last SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (site, one, other, kind)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Each node's number, dense from 1 up, given once; 0 is nobody.
CREATE TABLE IF NOT EXISTS identity_nodes
(
    key UInt64,
    number UInt32
)
ENGINE = ReplacingMergeTree
ORDER BY key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The nodes that belong to another node's person, as the last resolve found; all others are a person of their own.
-- `turn` is the exclusive or of the node's number and its person's: 0, a missing entry's, turns a number into itself.
CREATE TABLE IF NOT EXISTS merged_nodes
(
    number UInt64,
    turn UInt32
)
ENGINE = MergeTree
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS merged_nodes_next AS merged_nodes;

CREATE DICTIONARY IF NOT EXISTS people
(
    number UInt64,
    turn UInt32 DEFAULT 0
)
PRIMARY KEY number
SOURCE(CLICKHOUSE(TABLE 'merged_nodes'))
LIFETIME(0)
LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 200000000));

-- `who` is the key of the visit's user, else of its device, 0 for neither; as a default it needs no view of its own.
-- `node` is the upper half of `who` above the node's number; a job fills it in. Both are maxima, so a user wins.
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS who SimpleAggregateFunction(max, UInt64) DEFAULT multiIf(
    user_id != '' AND NOT has(['null', 'undefined', 'none', 'nil', 'nan', 'anonymous', 'guest', 'unknown', 'true', 'false', '0', '-1', '[object object]', '[email]', '[phone]', '[token]'], lower(user_id)),
    bitOr(sipHash64(site, user_id), bitShiftLeft(toUInt64(1), 63)),
    device_id != '' AND NOT has(['null', 'undefined', 'none', 'nil', 'nan', 'anonymous', 'guest', 'unknown', 'true', 'false', '0', '-1', '[object object]', '[email]', '[phone]', '[token]'], lower(device_id)),
    bitOr(bitShiftRight(sipHash64(site, device_id), 2), bitShiftLeft(toUInt64(1), 62)),
    toUInt64(0));
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS node SimpleAggregateFunction(max, UInt64);
