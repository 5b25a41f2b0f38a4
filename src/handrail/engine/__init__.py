"""Time passing: one module per duty, each tick returns a report."""
