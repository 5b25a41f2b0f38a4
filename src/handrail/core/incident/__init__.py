"""Incidents: declared responses, and everything that happens to one."""
