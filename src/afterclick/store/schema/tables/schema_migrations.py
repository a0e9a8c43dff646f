"""Which of the numbered files the store has seen."""

from afterclick.store.schema.table import TEXT, TIME, Column, Table

SCHEMA_MIGRATIONS = Table(
    "schema_migrations",
    why="what the schema has been through",
    engine="MergeTree",
    order_by="version",
    settings="fsync_after_insert = 1",
    in_backups=False,
    columns=(
        Column("version", "UInt32"),
        Column("name", TEXT),
        Column("applied", TIME, default="now64(3)"),
    ),
)
"""Made before any of them; not in backups, since restoring writes it."""
