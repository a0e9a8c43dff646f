"""OpenTelemetry: what spans, samples of metrics and log records share, in both encodings."""
