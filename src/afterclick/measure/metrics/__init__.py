"""The metrics, by what they are about: each file holds its records as METRICS."""
