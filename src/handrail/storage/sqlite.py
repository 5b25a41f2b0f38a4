"""The store on SQLite: one writing connection, group commit, read-only readers."""

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from handrail.core import limits
from handrail.core.errors import UnavailableError
from handrail.core.ids import AlertId, NodeId
from handrail.ports.store import Store, Transaction
from handrail.storage.configuration import SnapshotCache
from handrail.storage.group_commit import AnyJob, GroupCommit, Job, Settlement
from handrail.storage.migrate import migrate
from handrail.storage.scope import Scope
from handrail.storage.sqlite_driver import DRIVER
from handrail.storage.sqlite_file import (
    FileLock,
    memory_engine,
    reading_engine,
    writing_engine,
)
from handrail.storage.transaction import SqlTransaction
from handrail.storage.trouble import Trouble, trouble_of

T = TypeVar("T")
_HERE = NodeId("here")
_ERRORS = (DBAPIError, DRIVER.Error)
_REFUSALS = {
    Trouble.BUSY: "the database is locked by another program; try again",
    Trouble.FULL: "the disk is full; free some space",
    Trouble.BROKEN: "the database file cannot be read or written; see the log",
}


class SqliteStore(Store):
    """Everything in one file, or in memory.

    In a file, one thread owns the one writing connection and commits whatever is
    queued in one transaction, each piece of work in a savepoint of its own; readers
    use read-only connections. In memory, every transaction runs at once in the
    caller's thread: the same code without a thread, for tests and simulation.
    """

    def __init__(
        self,
        *,
        writer: Engine,
        reader: Engine | None,
        now: Callable[[], datetime],
        is_alive: Callable[[NodeId], bool],
    ) -> None:
        """Serve the databases of the engines; use ``open`` or ``in_memory``."""
        self._writer = writer
        self._reader = reader
        self._now = now
        self._is_alive = is_alive
        self._cache = SnapshotCache()
        self._listeners: list[Callable[[], None]] = []
        self._inline = threading.RLock()
        self._failure: str | None = None
        self._lock: FileLock | None = None
        self._group: GroupCommit | None = None
        self._is_busy = False
        self._connection: Connection = writer.connect()
        self._driver_connection: Any = self._connection.connection.driver_connection

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        now: Callable[[], datetime],
        node_id: NodeId = _HERE,
        synchronous: str = "FULL",
        queue_max: int = limits.ADMISSION_QUEUE_MAX,
    ) -> Self:
        """Lock, migrate and open the file; it is made where it is missing.

        Args:
            path: Of the database.
            now: The clock that transactions are given.
            node_id: This process; every other node's claims are those of the dead.
            synchronous: ``FULL``; anything less loses acknowledged work with power.
            queue_max: How many submitted transactions may wait.

        Raises:
            UnavailableError: Another process serves the file, or it cannot be opened.
            ConflictError: The file was written by a newer Handrail.
        """
        lock = FileLock(path)
        try:
            writer = writing_engine(path, synchronous=synchronous)
            migrate(writer)
            store = cls(
                writer=writer,
                reader=reading_engine(path),
                now=now,
                is_alive=lambda node: node == node_id,
            )
        except BaseException:
            lock.release()
            raise
        store._lock = lock
        store._group = GroupCommit(
            store._commit_group, name="handrail-writer", queue_max=queue_max
        )
        return store

    @classmethod
    def in_memory(
        cls,
        *,
        now: Callable[[], datetime],
        is_alive: Callable[[NodeId], bool] = lambda node: node == _HERE,
    ) -> Self:
        """Open an empty database in memory that runs work in the caller's thread.

        Args:
            now: The clock that transactions are given.
            is_alive: Which nodes ``dead_nodes`` finds alive.
        """
        writer = memory_engine()
        migrate(writer)
        return cls(writer=writer, reader=None, now=now, is_alive=is_alive)

    @property
    def failure(self) -> str | None:
        """Return why the store refuses all work, or none while it is sound."""
        return self._failure

    @property
    def queue_depth(self) -> int:
        """Return how many transactions wait for the writer."""
        return 0 if self._group is None else self._group.depth

    def has_synchronous_standby(self) -> None:
        """Return none: the database is one file on one disk."""

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call back after each commit that wrote; must be quick and never raise."""
        self._listeners.append(callback)

    @override
    def run(self, work: Callable[[Transaction], T]) -> T:
        if self._group is not None:
            return self._group.run(work)
        return self._run_inline(work).result()

    @override
    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        if self._group is not None:
            return self._group.submit(work, is_debt=is_debt, alerts=alerts)
        return self._run_inline(work)

    @override
    def read(self, work: Callable[[Transaction], T]) -> T:
        if self._reader is None:
            with self._inline:
                return self._read_on(self._connection, work)
        try:
            with self._reader.connect() as connection:
                return self._read_on(connection, work)
        except _ERRORS as error:
            raise _refusal(error) from error

    @override
    def dead_nodes(self, nodes: Sequence[NodeId]) -> list[NodeId]:
        return [node for node in nodes if not self._is_alive(node)]

    @override
    def close(self) -> None:
        if self._group is not None:
            self._group.close()
        # The writer last: only it may fold the WAL into the file, so that a stopped
        # server's database is one file, whole when copied alone.
        if self._reader is not None:
            self._reader.dispose()
        self._connection.close()
        self._writer.dispose()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _run_inline(self, work: Callable[[Transaction], T]) -> "Future[T]":
        job = Job(work, place=0, is_waiting=True)
        with self._inline:
            assert not self._is_busy, "nested transaction"
            self._is_busy = True
            try:
                self._commit_group([job])
            finally:
                self._is_busy = False
        return job.future

    def _read_on(self, connection: Connection, work: Callable[[Transaction], T]) -> T:
        scope = Scope(connection, read_now=self._now, is_read_only=True)
        try:
            scope.control("BEGIN")
            try:
                return work(SqlTransaction(scope, self._cache))
            finally:
                scope.control("ROLLBACK")
        finally:
            scope.close()

    def _commit_group(self, jobs: Sequence[AnyJob]) -> None:
        """Run the jobs in one transaction; settle each future after the commit.

        They are run as one piece of work first. Where that fails, what it did is
        undone, and each is run again in a savepoint, so that one fails alone.
        """
        try:
            self._check_sound()
            settlements, has_written = self._run_together(jobs)
            if settlements is None:
                settlements, has_written = self._run_apart(jobs)
        except (*_ERRORS, UnavailableError) as error:
            self._give_up(jobs, error)
            return
        for job, settlement in zip(jobs, settlements, strict=True):
            settlement.settle(job.future)
        if has_written:
            for callback in self._listeners:
                callback()

    def _run_together(
        self, jobs: Sequence[AnyJob]
    ) -> tuple[list[Settlement] | None, bool]:
        """Return the settlements, or none where one of several jobs failed."""
        scope = Scope(self._connection, read_now=self._now, is_read_only=False)
        try:
            self._execute("BEGIN IMMEDIATE")
            tx = SqlTransaction(scope, self._cache)
            whole = Settlement.of_all(jobs, tx, scope)
            if whole.error is not None:
                self._check_survives(whole.error)
                self._execute("ROLLBACK")
                return ([whole] if len(jobs) == 1 else None), False
            self._execute("COMMIT")
        finally:
            scope.close()
        return [Settlement(result, None) for result in whole.result], scope.has_written

    def _run_apart(self, jobs: Sequence[AnyJob]) -> tuple[list[Settlement], bool]:
        self._execute("BEGIN IMMEDIATE")
        ran = [self._run_in_savepoint(job) for job in jobs]
        self._execute("COMMIT")
        return [settlement for settlement, _ in ran], any(wrote for _, wrote in ran)

    def _run_in_savepoint(self, job: AnyJob) -> tuple[Settlement, bool]:
        """Run one job so that its failure undoes nothing but its own writes.

        Raises:
            UnavailableError: The database gave up the whole transaction.
        """
        scope = Scope(self._connection, read_now=self._now, is_read_only=False)
        try:
            scope.control("SAVEPOINT work")
            tx = SqlTransaction(scope, self._cache)
            settlement = Settlement.of_all([job], tx, scope)
            if settlement.error is not None:
                self._check_survives(settlement.error)
                scope.control("ROLLBACK TO work")
            else:
                settlement = Settlement(settlement.result[0], None)
            scope.control("RELEASE work")
        finally:
            scope.close()
        return settlement, scope.has_written and settlement.error is None

    def _check_sound(self) -> None:
        if self._failure is not None:
            raise UnavailableError(self._failure)

    def _check_survives(self, error: BaseException) -> None:
        """Raise where an error inside the work ended or doomed the transaction."""
        trouble = trouble_of(error)
        if trouble in _REFUSALS or not self._driver_connection.in_transaction:
            raise _refusal(error) from error

    def _give_up(self, jobs: Sequence[AnyJob], error: Exception) -> None:
        """Undo the group; once the disk cannot be trusted, refuse everything."""
        trouble = trouble_of(error.__cause__ or error)
        if trouble is Trouble.BROKEN:
            # A failed fsync must never be tried again: the pages may be marked clean.
            self._failure = f"the database failed and is closed: {error}"
        if self._driver_connection.in_transaction:
            with suppress(*_ERRORS):
                self._execute("ROLLBACK")
        refusal = error if isinstance(error, UnavailableError) else _refusal(error)
        for job in jobs:
            job.future.set_exception(refusal)

    def _execute(self, sql: str) -> None:
        self._driver_connection.execute(sql).close()


def _refusal(error: BaseException) -> UnavailableError:
    trouble = trouble_of(error)
    said = _REFUSALS.get(trouble) if trouble is not None else None
    return UnavailableError(f"{said or 'the database refused the work'}: {error}")
