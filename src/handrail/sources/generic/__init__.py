"""Anything that can post JSON."""
