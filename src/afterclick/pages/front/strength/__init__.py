"""How good a password is."""
