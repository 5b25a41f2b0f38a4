"""Reading a database beside the server that may be using it, without becoming one."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from handrail.ports.store import Transaction
from handrail.storage.backup import one_moment, present_schema
from handrail.storage.configuration import SnapshotCache
from handrail.storage.scope import Scope
from handrail.storage.transaction import SqlTransaction

T = TypeVar("T")


def read_once(url: str, work: Callable[[Transaction], T], *, now: datetime) -> T:
    """Run the work on a read-only transaction of its own; return its result.

    Args:
        url: Of the database; a server may be running on it.
        work: What is asked.
        now: The transaction's instant.

    Raises:
        InvalidError: There is no such database.
        ConflictError: Its schema is not this version's.
        UnavailableError: It cannot be reached.
    """
    with one_moment(url) as connection:
        present_schema(connection)
        scope = Scope(connection, read_now=lambda: now, is_read_only=True)
        try:
            return work(SqlTransaction(scope, SnapshotCache()))
        finally:
            scope.close()
