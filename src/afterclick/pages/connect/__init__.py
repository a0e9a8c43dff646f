"""How a site is connected."""
