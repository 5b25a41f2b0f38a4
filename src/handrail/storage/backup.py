"""Saving a whole database while it is in use, and restoring it into an empty one."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, column, func, insert, inspect, select, table

from handrail.core.errors import ConflictError, InvalidError
from handrail.core.instants import format_rfc3339
from handrail.storage.archive import (
    ArchivedTable,
    Manifest,
    read_table,
    read_verified,
    write_manifest,
    write_table,
)
from handrail.storage.database import require_postgres, sqlite_path
from handrail.storage.meta import HELD, META
from handrail.storage.migrate import head_revision, migrate, schema_revision
from handrail.storage.sqlite_file import FileLock, reading_engine, writing_engine
from handrail.storage.tables import TABLES

_ROWS_AT_ONCE = 500
_PRIVATE = 0o600


def backup(url: str, target: Path, *, now: datetime) -> Manifest:
    """Save everything as of one moment; the server may be running.

    Args:
        url: Of the database.
        target: The file to make; it appears when it is whole.
        now: Noted in the manifest.

    Raises:
        InvalidError: The target exists, or there is no database to save.
        ConflictError: The schema is not this version's.
        UnavailableError: The database cannot be reached.
    """
    if target.exists():
        msg = f"{target} exists already; name a new file"
        raise InvalidError(msg)
    part = target.with_name(target.name + ".part")
    with one_moment(url) as connection:
        schema = present_schema(connection)
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, _PRIVATE))
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = Manifest(
                schema=schema,
                made_at=format_rfc3339(now),
                tables=tuple(
                    write_table(
                        archive,
                        saved.name,
                        saved.columns.keys(),
                        connection.execute(
                            select(saved).execution_options(yield_per=_ROWS_AT_ONCE)
                        ),
                    )
                    for saved in TABLES
                ),
            )
            write_manifest(archive, manifest)
    _keep(part, target)
    return manifest


def restore(source: Path, url: str, *, now: datetime) -> Manifest:
    """Fill an empty database from a backup and hold it: nothing is sent until released.

    Args:
        source: A file that ``backup`` made, on either database.
        url: Of the database to fill; a missing SQLite file is made.
        now: Said in the meta key ``held``.

    Raises:
        InvalidError: The file is no whole backup, or the target is not empty.
        ConflictError: The backup is of a newer Handrail.
        UnavailableError: The database cannot be reached, or is in use.
    """
    manifest = read_verified(source)
    with _target(url) as engine:
        _prepare(engine, manifest, url)
        with (
            zipfile.ZipFile(source) as archive,
            engine.connect() as connection,
            _one_transaction(connection),
        ):
            for saved in manifest.tables:
                _fill(connection, archive, saved)
            connection.execute(META.delete().where(META.c.key == HELD))
            held = f"restored {format_rfc3339(now)}"
            connection.execute(META.insert(), {"key": HELD, "value": held})
        migrate(engine)
    return manifest


def present_schema(connection: Connection) -> str:
    """Return the database's schema.

    Raises:
        InvalidError: There is no Handrail database.
        ConflictError: The schema is not this version's.
    """
    present = schema_revision(connection)
    if present is None:
        msg = "there is no Handrail database"
        raise InvalidError(msg)
    if present != head_revision():
        msg = (
            f"the database has schema {present}; use the version of Handrail that "
            "serves it"
        )
        raise ConflictError(msg)
    return present


def _prepare(engine: Engine, manifest: Manifest, url: str) -> None:
    """Give the target the schema that the backup's rows fit; it must have no rows."""
    with engine.connect() as connection:
        present = schema_revision(connection)
        names = inspect(connection).get_table_names()
        used = [name for name in names if name in _ours() and _count(connection, name)]
    if used or present not in {None, manifest.schema}:
        msg = f"{url} is not empty; restore into a new, empty database"
        raise InvalidError(msg)
    migrate(engine, to=manifest.schema)


def _ours() -> set[str]:
    return {ours.name for ours in TABLES}


def _count(connection: Connection, name: str) -> int:
    return connection.execute(
        select(func.count()).select_from(table(name))
    ).scalar_one()


def _fill(
    connection: Connection, archive: zipfile.ZipFile, saved: ArchivedTable
) -> None:
    # By the names the backup gives: it may be of an earlier schema than our tables.
    into = insert(table(saved.name, *(column(name) for name in saved.columns)))
    rows = (
        dict(zip(saved.columns, row, strict=True)) for row in read_table(archive, saved)
    )
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        connection.execute(into, some)


def _keep(part: Path, target: Path) -> None:
    """Put the finished file under its name, durably."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def one_moment(url: str) -> Iterator[Connection]:
    """Yield a connection that sees one moment and cannot write.

    Raises:
        InvalidError: There is no such database.
        UnavailableError: It cannot be reached.
    """
    path = sqlite_path(url)
    if path is not None:
        if not path.exists():
            msg = f"{path} does not exist"
            raise InvalidError(msg)
        engine = reading_engine(path)
    else:
        engine = _postgres(url).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    try:
        with engine.connect() as connection, _one_transaction(connection):
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _target(url: str) -> Iterator[Engine]:
    path = sqlite_path(url)
    lock = None if path is None else FileLock(path)
    try:
        engine = (
            _postgres(url) if path is None else writing_engine(path, synchronous="FULL")
        )
        try:
            yield engine
        finally:
            engine.dispose()
    finally:
        if lock is not None:
            lock.release()


def _postgres(url: str) -> Engine:
    require_postgres(url)
    from handrail.storage.postgres_connection import conninfo, pooled_engine

    return pooled_engine(conninfo(url))


@contextmanager
def _one_transaction(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
        yield
        connection.exec_driver_sql("COMMIT")
        return
    with connection.begin():
        # A large installation takes longer than any request may.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield
