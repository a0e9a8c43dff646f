"""The engine: connections, and the one way to read."""
