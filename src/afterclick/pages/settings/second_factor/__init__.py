"""Taking a second factor."""
