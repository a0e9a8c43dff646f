"""Grafana Faro: what its web SDK sends."""
