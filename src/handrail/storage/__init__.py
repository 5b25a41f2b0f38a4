"""SQL behind the store port: SQLite and PostgreSQL."""
