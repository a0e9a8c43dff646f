"""Setting up, once."""
