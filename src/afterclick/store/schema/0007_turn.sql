-- Who belongs to whom is kept as a turn, in stores of before it was. The next run of identity fills the new column.
ALTER TABLE merged_nodes ADD COLUMN IF NOT EXISTS turn UInt32;

ALTER TABLE merged_nodes_next ADD COLUMN IF NOT EXISTS turn UInt32;

DROP DICTIONARY IF EXISTS people SYNC;

CREATE DICTIONARY IF NOT EXISTS people
(
    number UInt64,
    turn UInt32 DEFAULT 0
)
PRIMARY KEY number
SOURCE(CLICKHOUSE(TABLE 'merged_nodes'))
LIFETIME(0)
LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 200000000));

ALTER TABLE merged_nodes DROP COLUMN IF EXISTS person;

ALTER TABLE merged_nodes_next DROP COLUMN IF EXISTS person;
