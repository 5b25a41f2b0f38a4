"""One SQLite file: its lock, its connections and their settings."""

import fcntl
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from handrail.core.errors import UnavailableError
from handrail.storage.sqlite_driver import DRIVER

SYNCHRONOUS = ("FULL", "NORMAL", "EXTRA")
BUSY_TIMEOUT_MILLIS = 5000
"""How long a second program that writes to the file is waited for."""
READERS_MAX = 40
"""More than threads that read: 32 of the server, 4 for acknowledging, a few more."""
_CACHE_KIB = 32 * 1024
_WAL_BYTES_KEPT = 64 * 1024 * 1024
_PRIVATE = 0o600


class FileLock:
    """The exclusive lock that keeps a second server off the same data.

    The kernel gives it back when the process ends, however it ends.
    """

    def __init__(self, database: Path) -> None:
        """Take the lock.

        Raises:
            UnavailableError: Another process holds it.
        """
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = database.with_name(database.name + ".lock")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            msg = (
                f"{database} is in use by another Handrail process; stop it first, "
                "or give this one another data directory"
            )
            raise UnavailableError(msg) from error

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._file)


def writing_engine(path: Path, *, synchronous: str) -> Engine:
    """Return an engine of exactly one connection, which may write."""
    # Made here so that nobody else on the machine can read it; SQLite's own files
    # beside it take over its mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE))
    engine = _engine(_uri(path, "rw"), poolclass=StaticPool)
    _on_connect(
        engine,
        "journal_mode = WAL",
        f"synchronous = {_checked(synchronous)}",
        "fullfsync = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MILLIS}",
        "foreign_keys = ON",
        f"cache_size = -{_CACHE_KIB}",
        f"journal_size_limit = {_WAL_BYTES_KEPT}",
        "trusted_schema = OFF",
    )
    return engine


def reading_engine(path: Path) -> Engine:
    """Return an engine of connections that cannot write."""
    engine = _engine(
        _uri(path, "ro"),
        poolclass=QueuePool,
        pool_size=READERS_MAX,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_MILLIS / 1000,
    )
    _on_connect(
        engine,
        f"busy_timeout = {BUSY_TIMEOUT_MILLIS}",
        "query_only = ON",
        "trusted_schema = OFF",
    )
    return engine


def memory_engine() -> Engine:
    """Return an engine of one connection to a database in memory."""
    engine = _engine(":memory:", poolclass=StaticPool)
    _on_connect(engine, "foreign_keys = ON", "trusted_schema = OFF")
    return engine


def _engine(database: str, **pool: Any) -> Engine:  # noqa: ANN401
    def connect() -> Any:  # noqa: ANN401  two driver modules, one shape
        # No isolation level: BEGIN, SAVEPOINT and COMMIT are ours to say.
        return DRIVER.connect(
            database,
            uri=database.startswith("file:"),
            isolation_level=None,
            check_same_thread=False,
        )

    return create_engine(
        "sqlite://",
        module=DRIVER,
        creator=connect,
        isolation_level="AUTOCOMMIT",
        **pool,
    )


def _on_connect(engine: Engine, *pragmas: str) -> None:
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", prepare)


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(str(path.absolute()))}?mode={mode}"


def _checked(synchronous: str) -> str:
    assert synchronous in SYNCHRONOUS, synchronous
    return synchronous
