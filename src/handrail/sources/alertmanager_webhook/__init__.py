"""Alertmanager's webhook receiver, version 4."""
