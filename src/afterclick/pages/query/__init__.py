"""The reader's own SQL."""
