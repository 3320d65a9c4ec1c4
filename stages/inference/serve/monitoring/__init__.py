"""Logs, metrics and headers of all requests."""
