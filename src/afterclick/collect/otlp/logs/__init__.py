"""OTLP log records: from either encoding to records; browser telemetry among them to events."""
