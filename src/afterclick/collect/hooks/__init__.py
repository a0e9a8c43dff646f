"""Signed webhooks of shops, help desks, call centres and tills."""
