"""What the queries of one transaction share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol

from sqlalchemy import Connection, CursorResult, Executable

from handrail.core.errors import LostRaceError
from handrail.storage.trouble import Trouble, trouble_of

Row = Sequence[Any]
_ROWS_AT_ONCE = (256, 64, 8, 1)
"""Few sizes, so that the driver keeps their compiled statements."""
_PARAMETERS_MAX = 32_766
"""SQLite's limit."""
COPY_FROM_ROWS = 8
"""Fewer rows are inserted sooner than a COPY is set up."""


class BulkText(Protocol):
    """The two ways to say that many rows are inserted."""

    insert: str
    copy: str


class Scope:
    """One transaction's connection, its instant, and whether it wrote.

    Statements go through SQLAlchemy Core; the ingest path goes to the driver's cursor,
    with ``?`` for parameters on both databases.
    """

    __slots__ = (
        "_connection",
        "_cursor",
        "_errors",
        "_later",
        "_now",
        "_read_now",
        "has_written",
        "is_folded",
        "is_postgres",
        "is_read_only",
        "undone",
    )

    def __init__(
        self,
        connection: Connection,
        *,
        read_now: Callable[[], datetime],
        is_read_only: bool,
    ) -> None:
        self._connection = connection
        self._cursor: Any = connection.connection.cursor()
        self._errors: type[Exception] = connection.dialect.loaded_dbapi.Error
        self._read_now = read_now
        self._now: datetime | None = None
        self._later: list[Callable[[], None]] = []
        self.is_postgres = connection.dialect.name == "postgresql"
        self.is_read_only = is_read_only
        self.has_written = False
        self.is_folded = False
        self.undone = 0

    @property
    def now(self) -> datetime:
        """Return the instant of this transaction; the same whenever it is asked."""
        if self._now is None:
            self._now = self._read_now()
        return self._now

    def begin_work(self) -> None:
        """Mark where the next of several pieces of work begins."""
        self.is_folded = False

    def defer(self, change: Callable[[], None]) -> None:
        """Put off a change until the end, or until anything else looks or changes.

        So that what many pieces of work append is written in one statement.
        """
        self._begin_writing()
        self._later.append(change)

    def flush(self) -> None:
        """Make the changes that were put off."""
        while self._later:
            later, self._later = self._later, []
            for change in later:
                change()

    def read(
        self, statement: Executable, parameters: Mapping[str, object] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a query."""
        self.flush()
        return self._connection.execute(statement, parameters)

    def write(
        self, statement: Executable, parameters: Mapping[str, object] | None = None
    ) -> int:
        """Run a change and return how many rows it met."""
        self.flush()
        self._begin_writing()
        return self._connection.execute(statement, parameters).rowcount

    def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run a query on the driver's cursor."""
        self.flush()
        return self.fetch_apart(sql, parameters)

    def fetch_apart(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run a query that nothing put off can have a part in."""
        self._cursor.execute(self._spell(sql), parameters)
        return list(self._cursor.fetchall())

    def change(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run a change on the driver's cursor and return how many rows it met.

        Raises:
            LostRaceError: A unique key is taken.
        """
        self.flush()
        self._begin_writing()
        try:
            self._cursor.execute(self._spell(sql), parameters)
        except self._errors as error:
            raise _told(error) from error
        count: int = self._cursor.rowcount
        return count

    def change_returning(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        """Run a change on the driver's cursor and return the rows that it returns."""
        self.flush()
        self._begin_writing()
        return self.fetch_apart(sql, parameters)

    def change_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run a change once for each row on the driver's cursor.

        Raises:
            LostRaceError: A unique key is taken.
        """
        self.flush()
        self.change_many_apart(sql, rows)

    def change_many_apart(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run a change that has no part in anything put off.

        Raises:
            LostRaceError: A unique key is taken.
        """
        if not rows:
            return
        self._begin_writing()
        try:
            if self.is_postgres or not sql.endswith(_values(len(rows[0]))):
                self._cursor.executemany(self._spell(sql), rows)
            else:
                self._insert_together(sql, rows)
        except self._errors as error:
            raise _told(error) from error

    def _insert_together(self, sql: str, rows: Sequence[Row]) -> None:
        """Insert many rows a statement.

        The driver lets other threads run at every row it is given by itself, and then
        waits for its turn again: under load that takes far longer than the insert.
        """
        width = len(rows[0])
        place = 0
        while place < len(rows):
            left = len(rows) - place
            count = next(
                n
                for n in _ROWS_AT_ONCE
                if n == 1 or (n <= left and n * width <= _PARAMETERS_MAX)
            )
            values = chain.from_iterable(rows[place : place + count])
            self._cursor.execute(_repeated(sql, width, count), tuple(values))
            place += count

    def insert_many_apart(self, codec: BulkText, rows: Sequence[Row]) -> None:
        """Insert rows that have no part in anything put off, the fastest way.

        Raises:
            LostRaceError: A unique key is taken.
        """
        if not self.is_postgres or len(rows) < COPY_FROM_ROWS:
            self.change_many_apart(codec.insert, rows)
            return
        self._begin_writing()
        try:
            with self._cursor.copy(codec.copy) as copy:
                for row in rows:
                    copy.write_row(row)
        except self._errors as error:
            raise _told(error) from error

    def control(self, sql: str) -> None:
        """Begin or end something; not a change by itself."""
        self._cursor.execute(sql)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what is written within if it raises, and raise on.

        The error of an undoing that fails as well is raised in its stead.
        """
        before = self.has_written, self.is_folded
        self.control("SAVEPOINT attempt")
        try:
            yield
        except Exception:
            self.control("ROLLBACK TO attempt")
            self.control("RELEASE attempt")
            self.has_written, self.is_folded = before
            self.undone += 1
            raise
        self.control("RELEASE attempt")

    def close(self) -> None:
        """Give the cursor back."""
        self._cursor.close()

    def _begin_writing(self) -> None:
        assert not self.is_read_only, "a reading transaction was asked to write"
        self.has_written = True

    def _spell(self, sql: str) -> str:
        return _for_postgres(sql) if self.is_postgres else sql


@lru_cache(maxsize=64)
def _values(width: int) -> str:
    return f"VALUES ({', '.join('?' * width)})"


@lru_cache(maxsize=256)
def _repeated(sql: str, width: int, count: int) -> str:
    marks = _values(width).removeprefix("VALUES ")
    return sql + f", {marks}" * (count - 1)


@lru_cache(maxsize=256)
def _for_postgres(sql: str) -> str:
    return sql.replace("?", "%s")


def _told(error: Exception) -> Exception:
    """Return the error as its caller should see it."""
    if trouble_of(error) is Trouble.LOST_RACE:
        return LostRaceError("somebody else wrote the same first; look at it again")
    return error
