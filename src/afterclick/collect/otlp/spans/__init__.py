"""OTLP spans: from either encoding to records."""
