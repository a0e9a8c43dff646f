"""One problem and its evidence."""
