"""Postmortems: what an incident taught, and what is changed because of it."""
