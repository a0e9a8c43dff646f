"""The visits."""
