"""Matchers on labels lead to a service and a severity."""
