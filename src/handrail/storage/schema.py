"""What every table shares: the metadata, constraint names and column types."""

from sqlalchemy import BigInteger, MetaData, Text

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""Ids, slugs, keys and states: compared byte by byte on both databases."""

INSTANT = BigInteger()
"""Microseconds since 1970-01-01T00:00:00Z."""
