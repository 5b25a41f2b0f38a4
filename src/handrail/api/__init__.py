"""The HTTP API and the ingest endpoints."""
