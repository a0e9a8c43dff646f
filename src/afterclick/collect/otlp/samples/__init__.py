"""OTLP metrics: each data point, from either encoding, to a record."""
