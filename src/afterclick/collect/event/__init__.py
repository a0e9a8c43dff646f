"""Our own JSON: an event as clients send it, made a record; the other protocols end in the same records."""
