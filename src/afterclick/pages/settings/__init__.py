"""The settings section, a folder a page."""
