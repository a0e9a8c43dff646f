"""Sentry: its envelopes of errors, messages, feedback and spans."""
