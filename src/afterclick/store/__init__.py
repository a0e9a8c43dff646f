"""The dataset: the engine's client, its schema, the spool and the drain in front of it, and the one way to read.

Enters: batches of records from the spool. Leaves: Arrow tables and typed rows, one site at a time.
`store.open_store` opens all of it. Import each part by its own name: `spool`, `control` and `scope` load no engine, and
the collector's process loads these alone.
"""
