"""Bringing a database's schema up to this version of Handrail.

Revisions only expand what the previous release needs; what they make superfluous is
removed a release later, so that the previous release runs on the new schema.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table, text

from handrail.core.errors import ConflictError

_HEAD = "head"
_REVISIONS = Path(__file__).parent / "migrations" / "versions"
_STAMP = table("alembic_version", column("version_num"))
"""Where Alembic notes the revision. Source: its documentation, "version_table"."""
_LOCK_KEY = 0x68616E647261696C
"""Arbitrary, ours alone: the letters of "handrail". Serialises starting nodes."""


def migrate(engine: Engine, *, to: str = _HEAD) -> str | None:
    """Upgrade the schema in one transaction and return its revision.

    Args:
        engine: Of an empty database or one that Handrail made.
        to: The revision to stop at.

    Raises:
        ConflictError: The database was written by a newer Handrail.
    """
    with engine.connect() as connection:
        _begin(connection)
        present = schema_revision(connection)
        _refuse_newer(present)
        if to != _HEAD or present != head_revision():
            from handrail.storage import revisions

            revisions.upgrade(connection, to)
        _commit(connection)
        return schema_revision(connection)


def downgrade(engine: Engine, *, to: str) -> None:
    """Take the schema back to an earlier revision; for tests of a revision."""
    from handrail.storage import revisions

    with engine.connect() as connection:
        _begin(connection)
        revisions.downgrade(connection, to)
        _commit(connection)


def schema_revision(connection: Connection) -> str | None:
    """Return the revision of the database's schema; none where it is empty."""
    if not inspect(connection).has_table(_STAMP.name):
        return None
    return connection.execute(select(_STAMP.c.version_num)).scalar_one_or_none()


def head_revision() -> str:
    """Return the revision that this version of Handrail needs."""
    return max(_known_revisions())


def _refuse_newer(present: str | None) -> None:
    if present is not None and present not in _known_revisions():
        msg = (
            f"the database has schema {present}, which this version of Handrail does "
            "not know: a newer version has used it. Start that version, or restore "
            "a backup from before the upgrade"
        )
        raise ConflictError(msg)


def _known_revisions() -> set[str]:
    """Return the numbers of the revisions: each is a file like ``0001_words.py``.

    They follow one another in this order, so that a start need not load them to
    learn that the schema is the newest.
    """
    return {path.name.partition("_")[0] for path in _REVISIONS.glob("[0-9]*_*.py")}


def _begin(connection: Connection) -> None:
    # SQLite runs in autocommit as far as SQLAlchemy knows; PostgreSQL begins by itself.
    if connection.dialect.name == "sqlite":
        # A revision may have to make a table anew, which others refer to: the
        # references are checked before the commit instead. Only outside of a
        # transaction can it be said.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # Another node may be migrating, and a revision may take its time.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY}
        )
        connection.execute(text("SET LOCAL lock_timeout = '4s'"))


def _commit(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        assert not lost, f"the revision lost what rows refer to: {lost[:3]}"
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    else:
        connection.commit()
