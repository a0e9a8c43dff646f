"""The tables of the engine: what they are, how they came to be, and records in their shape."""
