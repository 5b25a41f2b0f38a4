"""Handrail: incident response from the first signal to the finished follow-up."""
