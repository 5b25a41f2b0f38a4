"""Connections to PostgreSQL: parameters, timeouts and keepalives."""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Engine, create_engine, event

from handrail.core.errors import InvalidError, UnavailableError

POOL_SIZE = 8
POOL_OVERFLOW = 32
"""So that slow look-ups, on 32 threads at most, leave connections for paging."""
POOL_WAIT_SECONDS = 5

_CLIENT: dict[str, str | int | None] = {
    "application_name": "handrail",
    "connect_timeout": 2,
    "target_session_attrs": "read-write",
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 4000,
}
"""Only a writable primary is talked to, and a silent one is given up in seconds."""

_SERVER = {
    "TimeZone": "UTC",
    "client_encoding": "UTF8",
    "lock_timeout": "4s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
    # The server must notice a silent node as soon, or it keeps that node's locks.
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "4000",
}

_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)
"""An answer leaves after the commit is on disk, whatever the server's default."""


def conninfo(url: str) -> str:
    """Return libpq's connection string: the URL's own parameters win over ours.

    Source: PostgreSQL manual, "Parameter Key Words" and "TCP Settings".

    Raises:
        InvalidError: libpq cannot read the URL.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error as error:
        msg = f"the database URL cannot be read: {str(error).strip()}"
        raise InvalidError(msg) from error
    ours = " ".join(f"-c {name}={value}" for name, value in _SERVER.items())
    options = f"{ours} {given.pop('options', None) or ''}".strip()
    return make_conninfo("", **{**_CLIENT, **given, "options": options})


def connect(info: str, *, autocommit: bool) -> psycopg.Connection[Any]:
    """Open one connection.

    Raises:
        UnavailableError: No server that takes writes can be reached.
    """
    try:
        connection = psycopg.connect(info, autocommit=autocommit)
    except psycopg.OperationalError as error:
        msg = f"PostgreSQL cannot be reached: {str(error).strip()}"
        raise UnavailableError(msg) from error
    try:
        connection.execute(_DURABLE)
        if not autocommit:
            connection.commit()
    except psycopg.OperationalError as error:
        connection.close()
        msg = f"PostgreSQL went away at once: {str(error).strip()}"
        raise UnavailableError(msg) from error
    except BaseException:
        connection.close()
        raise
    return connection


def pooled_engine(info: str) -> Engine:
    """Return an engine whose pool opens connections as needed."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(info),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_WAIT_SECONDS,
    )

    def prepare(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.execute(_DURABLE)
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine
