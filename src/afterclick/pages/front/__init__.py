"""The doors that stand open before one has signed in."""
