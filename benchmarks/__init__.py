"""Measurements against a real Alertmanager, as ratios of interleaved runs."""
