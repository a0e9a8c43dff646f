"""A person's own SQL: parsed, written anew from its tree, and run where it can read one site and change nothing."""
