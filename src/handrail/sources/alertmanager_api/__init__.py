"""Prometheus, and whatever else posts to an Alertmanager's API v2."""
