"""Senders that speak PagerDuty's Events API version 2."""
