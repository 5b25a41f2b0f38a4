"""Decisions: pure functions over frozen dataclasses; no I/O, no clock, no randomness."""
