"""Promises with a deadline, which the severity matrix creates."""
