"""Marks on the time line."""
