"""Handrail: incident response from the first signal to the finished follow-up."""

__version__ = "0.1.0"
