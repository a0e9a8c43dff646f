-- Rates by which totals are told in the currency of their site, as the sites state them.
CREATE TABLE IF NOT EXISTS exchange_rates
(
    site LowCardinality(String),
    currency LowCardinality(String),
    since Int64,
    until Int64,
    day Date,
    rate Decimal(38, 18),
    into LowCardinality(String),
    decimals UInt8,
    stated LowCardinality(String)
)
ENGINE = MergeTree
ORDER BY (site, currency, since)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS exchange_rates_next AS exchange_rates;

CREATE DICTIONARY IF NOT EXISTS exchange
(
    since Int64,
    until Int64,
    site String,
    currency String,
    day Date DEFAULT '1970-01-01',
    rate Decimal(38, 18) DEFAULT 0,
    into String DEFAULT '',
    decimals UInt8 DEFAULT 0
)
PRIMARY KEY site, currency
SOURCE(CLICKHOUSE(TABLE 'exchange_rates'))
LIFETIME(0)
LAYOUT(COMPLEX_KEY_RANGE_HASHED())
RANGE(MIN since MAX until);
