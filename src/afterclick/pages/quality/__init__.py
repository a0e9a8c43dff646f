"""How far the data may be trusted."""
