"""What the queries of one transaction share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError

from handrail.storage.trouble import LostRaceError, Trouble, trouble_of

Row = tuple[Any, ...]


class Scope:
    """One transaction's connection, its instant, and whether it wrote.

    Statements go through SQLAlchemy Core; the ingest path goes to the driver's cursor,
    with ``?`` for parameters on both databases.
    """

    __slots__ = (
        "_connection",
        "_cursor",
        "_errors",
        "_now",
        "_read_now",
        "has_written",
        "is_folded",
        "is_postgres",
        "is_read_only",
    )

    def __init__(
        self,
        connection: Connection,
        *,
        read_now: Callable[[], datetime],
        is_read_only: bool,
    ) -> None:
        self._connection = connection
        self._cursor = connection.connection.cursor()
        self._errors = (DBAPIError, connection.dialect.loaded_dbapi.Error)
        self._read_now = read_now
        self._now: datetime | None = None
        self.is_postgres = connection.dialect.name == "postgresql"
        self.is_read_only = is_read_only
        self.has_written = False
        self.is_folded = False

    @property
    def now(self) -> datetime:
        """Return the instant of this transaction; the same whenever it is asked."""
        if self._now is None:
            self._now = self._read_now()
        return self._now

    def read(
        self, statement: Executable, parameters: Mapping[str, object] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a query."""
        return self._connection.execute(statement, parameters)

    def write(
        self, statement: Executable, parameters: Mapping[str, object] | None = None
    ) -> int:
        """Run a change and return how many rows it met."""
        self.has_written = True
        return self._connection.execute(statement, parameters).rowcount

    def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run a query on the driver's cursor."""
        self._cursor.execute(self._spell(sql), parameters)
        return list(self._cursor.fetchall())

    def change(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run a change on the driver's cursor and return how many rows it met."""
        self.has_written = True
        self._cursor.execute(self._spell(sql), parameters)
        count: int = self._cursor.rowcount
        return count

    def change_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run a change once for each row on the driver's cursor."""
        self.has_written = True
        self._cursor.executemany(self._spell(sql), rows)

    def control(self, sql: str) -> None:
        """Begin or end something; not a change by itself."""
        self._cursor.execute(sql)

    @contextmanager
    def racing(self, message: str) -> Iterator[None]:
        """Turn a unique key violated within into a lost race.

        Raises:
            LostRaceError: The key was taken.
        """
        try:
            yield
        except self._errors as error:
            if trouble_of(error) is Trouble.LOST_RACE:
                raise LostRaceError(message) from error
            raise

    def close(self) -> None:
        """Give the cursor back."""
        self._cursor.close()

    def _spell(self, sql: str) -> str:
        return _for_postgres(sql) if self.is_postgres else sql


@lru_cache(maxsize=256)
def _for_postgres(sql: str) -> str:
    return sql.replace("?", "%s")
