"""Segment: its HTTP API, and its e-commerce events as ours."""
