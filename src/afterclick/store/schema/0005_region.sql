-- The region (ISO 3166-2) beside the country.
ALTER TABLE events ADD COLUMN IF NOT EXISTS region LowCardinality(String) AFTER country;

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS region SimpleAggregateFunction(max, LowCardinality(String)) AFTER country;
