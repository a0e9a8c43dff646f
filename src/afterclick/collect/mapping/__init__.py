"""Other people's tables and documents: which of their places is which of our fields."""
