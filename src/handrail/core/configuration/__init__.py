"""Configuration documents compiled to one snapshot."""
