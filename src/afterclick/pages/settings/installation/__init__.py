"""The installation's own settings."""
