"""The record: events in streams, hash-chained."""
