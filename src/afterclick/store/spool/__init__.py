"""The durable spool between the collector and the drain: one SQLite file, written before any answer."""
