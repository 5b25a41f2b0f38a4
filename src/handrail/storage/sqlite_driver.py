"""Which SQLite library is used, and whether it is safe in WAL mode."""

import sqlite3
from types import ModuleType

try:
    import pysqlite3.dbapi2 as _bundled
except ImportError:  # not a Linux wheel: the interpreter's own library must do
    _bundled = None

DRIVER: ModuleType = sqlite3 if _bundled is None else _bundled
"""The DB-API module: the bundled, newer library where it is installed."""

WAL_SAFE_FROM = (3, 51, 3)
"""Source: SQLite's release notes; earlier ones can corrupt a WAL database when two
connections write or checkpoint at once (the "WAL-reset bug")."""


def sqlite_version() -> str:
    """Return the version of the SQLite library in use."""
    return str(DRIVER.sqlite_version)


def is_wal_safe() -> bool:
    """Return whether the library in use is free of the WAL-reset bug.

    Handrail has one writing and checkpointing connection in one process, so the bug
    cannot strike it alone; a second program that writes to the file makes it possible.
    """
    return tuple(DRIVER.sqlite_version_info) >= WAL_SAFE_FROM
