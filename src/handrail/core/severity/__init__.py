"""The severity matrix."""
