"""Decisions: pure functions over frozen dataclasses, without I/O or clock."""
