"""Bringing a database's schema up to this version of Handrail.

Revisions only expand what the previous release needs; what they make superfluous is
removed a release later, so that the previous release runs on the new schema.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from handrail.core.errors import ConflictError

_HEAD = "head"
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
            command.upgrade(_config(connection), to)
        _commit(connection)
        return schema_revision(connection)


def downgrade(engine: Engine, *, to: str) -> None:
    """Take the schema back to an earlier revision; for tests of a revision."""
    with engine.connect() as connection:
        _begin(connection)
        command.downgrade(_config(connection), to)
        _commit(connection)


def schema_revision(connection: Connection) -> str | None:
    """Return the revision of the database's schema; none where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str | None:
    """Return the revision that this version of Handrail needs."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def _refuse_newer(present: str | None) -> None:
    if present is None:
        return
    script = ScriptDirectory.from_config(_config(None))
    known = {revision.revision for revision in script.walk_revisions()}
    if present not in known:
        msg = (
            f"the database has schema {present}, which this version of Handrail does "
            "not know: a newer version has used it. Start that version, or restore "
            "a backup from before the upgrade"
        )
        raise ConflictError(msg)


def _config(connection: Connection | None) -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


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
