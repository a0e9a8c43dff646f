"""From the spool into the store, exactly once."""
