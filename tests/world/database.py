"""An empty database in memory, copied from one that was migrated once a process."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Engine

from handrail.core.ids import NodeId
from handrail.storage.migrate import migrate
from handrail.storage.sqlite import SqliteStore
from handrail.storage.sqlite_file import memory_engine


def fresh_store(
    *, now: Callable[[], datetime], is_alive: Callable[[NodeId], bool]
) -> SqliteStore:
    """Return what ``SqliteStore.in_memory`` does, without migrating again."""
    engine = memory_engine()
    _driver_connection(_template()).backup(_driver_connection(engine))
    return SqliteStore(writer=engine, reader=None, now=now, is_alive=is_alive)


@cache
def _template() -> Engine:
    engine = memory_engine()
    migrate(engine)
    return engine


def _driver_connection(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.connection.driver_connection
