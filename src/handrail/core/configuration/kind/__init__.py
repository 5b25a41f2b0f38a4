"""The kinds of configuration documents and their fields."""
