"""Joining, or taking a new password."""
