"""The store on PostgreSQL: many nodes, row locks, retries, group commit for ingest."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Self, TypeVar

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from typing_extensions import override

from handrail.core import limits
from handrail.core.errors import LostRaceError, UnavailableError
from handrail.core.ids import AlertId, NodeId
from handrail.core.instants import from_micros
from handrail.ports.store import Store, Transaction
from handrail.storage.configuration import SnapshotCache
from handrail.storage.group_commit import AnyJob, GroupCommit, Settlement
from handrail.storage.migrate import migrate
from handrail.storage.node import CHANNEL, NodePresence, dead_among
from handrail.storage.postgres_connection import conninfo, pooled_engine
from handrail.storage.scope import Scope
from handrail.storage.transaction import SqlTransaction
from handrail.storage.trouble import (
    ContendedError,
    Trouble,
    trouble_of,
)

T = TypeVar("T")

TRIES = 5
"""How often work is run before a lost race or a broken connection is told."""
_WAIT_SECONDS = 0.02
_ERRORS = (DBAPIError, psycopg.Error, PoolTimeoutError)
_AGAIN = frozenset({Trouble.LOST_RACE, Trouble.SERIALISATION, Trouble.DISCONNECTED})
_WAITS_FOR_STANDBY = text("SELECT current_setting('synchronous_standby_names') <> ''")
"""Sessions never commit with less than ``synchronous_commit = on``."""
_CLOCK = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")


class _AgainError(Exception):
    """The work must be run again; nothing of it was committed."""

    def __init__(self, cause: Exception, *, is_disconnected: bool) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.is_disconnected = is_disconnected


@dataclass(slots=True)
class _Deed:
    """One transaction under way.

    Attributes:
        is_committing: Past this point a lost connection leaves the outcome unknown.
        has_written: Others have something to look at.
    """

    connection: Connection = field(init=False)
    now: datetime | None = None
    is_committing: bool = False
    has_written: bool = False

    def read_now(self) -> datetime:
        """Return the database's clock, read once."""
        if self.now is None:
            self.now = from_micros(self.connection.execute(_CLOCK).scalar_one())
        return self.now


class PostgresStore(Store):
    """READ COMMITTED with explicit row locks; every node may write.

    Times are the database's, so that all nodes agree on what is due.
    """

    def __init__(self, url: str, *, node_id: NodeId, queue_max: int) -> None:
        """Connect, migrate and take this node's liveness lock; use ``open``."""
        info = conninfo(url)
        self._node_id = node_id
        self._cache = SnapshotCache()
        self._listeners: list[Callable[[], None]] = []
        self._is_closing = threading.Event()
        self._engine = pooled_engine(info)
        try:
            with _refusing():
                migrate(self._engine)
            self._presence = NodePresence(info, node_id=node_id, on_news=self._tell)
        except BaseException:
            self._engine.dispose()
            raise
        self._reader = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._group = GroupCommit(
            self._commit_group, name="handrail-ingest", queue_max=queue_max
        )

    @classmethod
    def open(
        cls,
        url: str,
        *,
        node_id: NodeId,
        queue_max: int = limits.ADMISSION_QUEUE_MAX,
    ) -> Self:
        """Open the database and bring its schema up to date.

        Args:
            url: ``postgresql://…`` as libpq reads it; several hosts are allowed.
            node_id: This process, new at every start.
            queue_max: How many submitted transactions may wait.

        Raises:
            InvalidError: The URL cannot be read.
            UnavailableError: No primary can be reached.
            ConflictError: A newer Handrail has written the database.
        """
        return cls(url, node_id=node_id, queue_max=queue_max)

    @property
    def failure(self) -> str | None:
        """Return why this node cannot do its part now, or none while it can."""
        return None if self._presence.is_held else "PostgreSQL cannot be reached"

    @property
    def queue_depth(self) -> int:
        """Return how many transactions wait for the group commit."""
        return self._group.depth

    def has_synchronous_standby(self) -> bool:
        """Return whether every commit waits for a standby to have it.

        Who stands by is not for every role to see; that commits wait is, and they do
        not end before a standby has confirmed them.
        """
        return self._again(self._ask_for_standby)

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call back after each commit that wrote, here or on another node.

        It must be quick and never raise, and may come from any thread. Another node's
        commit is only hinted at: hints are lost when the connection is.
        """
        self._listeners.append(callback)

    @override
    def run(self, work: Callable[[Transaction], T]) -> T:
        return self._again(lambda: self._run_once(work))

    @override
    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        return self._group.submit(work, is_debt=is_debt, alerts=alerts)

    @override
    def read(self, work: Callable[[Transaction], T]) -> T:
        return self._again(lambda: self._read_once(work))

    @override
    def dead_nodes(self, nodes: Sequence[NodeId]) -> list[NodeId]:
        others = [node for node in nodes if node != self._node_id]
        if not others:
            return []
        return self._again(lambda: self._dead_once(others))

    @override
    def close(self) -> None:
        self._group.close()
        self._is_closing.set()
        self._presence.close()
        self._engine.dispose()

    def _run_once(self, work: Callable[[Transaction], T]) -> T:
        with self._transaction() as deed:
            scope = Scope(deed.connection, read_now=deed.read_now, is_read_only=False)
            try:
                result = work(SqlTransaction(scope, self._cache))
                scope.flush()
                deed.has_written = scope.has_written
            finally:
                scope.close()
        return result

    def _read_once(self, work: Callable[[Transaction], T]) -> T:
        deed = _Deed()
        with (
            _telling_trouble(),
            self._reader.connect() as connection,
            connection.begin(),
        ):
            deed.connection = connection
            scope = Scope(connection, read_now=deed.read_now, is_read_only=True)
            try:
                return work(SqlTransaction(scope, self._cache))
            finally:
                scope.close()

    def _dead_once(self, nodes: Sequence[NodeId]) -> list[NodeId]:
        with _telling_trouble(), self._engine.connect() as connection:
            return dead_among(connection, nodes)

    def _ask_for_standby(self) -> bool:
        with _telling_trouble(), self._engine.connect() as connection:
            return bool(connection.execute(_WAITS_FOR_STANDBY).scalar())

    def _commit_group(self, jobs: Sequence[AnyJob]) -> None:
        """Commit the debts together, each submitted request by itself.

        Requests gather before they are submitted. Two of them in one transaction would
        break the order of locks: the second's alerts would be locked after the first's
        were inserted, and another node may be doing just the reverse.
        """
        debts = [job for job in jobs if job.is_waiting]
        if debts:
            self._commit_together(debts)
        for job in jobs:
            if not job.is_waiting:
                Settlement.of(partial(self.run, job.work)).settle(job.future)

    def _commit_together(self, jobs: Sequence[AnyJob]) -> None:
        """Run the jobs in one transaction; where that fails, each in its own.

        After a race the group is not tried again as one: two groups that lock the same
        rows in different orders would only meet again.
        """
        if len(jobs) > 1:
            whole = Settlement.of(
                lambda: self._again(lambda: self._run_together(jobs), races=1)
            )
            if whole.error is None:
                for job, result in zip(jobs, whole.result, strict=True):
                    job.future.set_result(result)
                return
            if _is_unreachable(whole.error):
                for job in jobs:
                    job.future.set_exception(whole.error)
                return
        for job in jobs:
            Settlement.of(partial(self.run, job.work)).settle(job.future)

    def _run_together(self, jobs: Sequence[AnyJob]) -> list[Any]:
        with self._transaction() as deed:
            scope = Scope(deed.connection, read_now=deed.read_now, is_read_only=False)
            try:
                tx = SqlTransaction(scope, self._cache)
                whole = Settlement.of_all(jobs, tx, scope)
                deed.has_written = scope.has_written
            finally:
                scope.close()
            if whole.error is not None:
                raise whole.error
        results: list[Any] = whole.result
        return results

    @contextmanager
    def _transaction(self) -> Iterator[_Deed]:
        """Begin, and commit with a hint to the other nodes where something was written.

        Raises:
            UnavailableError: Refused for now, or the commit's outcome is unknown.
        """
        deed = _Deed()
        with (
            _telling_trouble(lambda: deed.is_committing),
            self._engine.connect() as connection,
            # Begun here: the driver's cursor begins nothing that SQLAlchemy would end.
            connection.begin(),
        ):
            deed.connection = connection
            yield deed
            if deed.has_written:
                connection.exec_driver_sql(
                    "SELECT pg_notify(%s, %s)", (CHANNEL, self._node_id)
                )
            deed.is_committing = True
        if deed.has_written:
            self._tell()

    def _again(self, act: Callable[[], T], *, races: int = TRIES) -> T:
        """Act until it is not asked for again, at most ``TRIES`` times.

        Args:
            act: Raises ``_AgainError`` where nothing of it was committed.
            races: After so many lost races it is enough.
        """
        for tried in range(TRIES):
            try:
                return act()
            except _AgainError as error:
                if error.is_disconnected:
                    # The others in the pool are likely as dead.
                    self._engine.dispose()
                if tried == TRIES - 1 or (
                    not error.is_disconnected and tried + 1 >= races
                ):
                    raise _given_up(error) from error.cause
            self._is_closing.wait(_WAIT_SECONDS * tried)
        raise AssertionError

    def _tell(self) -> None:
        for callback in self._listeners:
            callback()


def _never() -> bool:
    return False


@contextmanager
def _telling_trouble(is_committing: Callable[[], bool] = _never) -> Iterator[None]:
    """Turn the driver's errors into "again" or a refusal.

    Raises:
        UnavailableError: Refused for now, or the commit's outcome is unknown.
    """
    try:
        yield
    except LostRaceError as error:
        raise _AgainError(error, is_disconnected=False) from error
    except _ERRORS as error:
        trouble = trouble_of(error)
        is_disconnected = trouble is Trouble.DISCONNECTED
        if is_disconnected and is_committing():
            msg = f"the connection broke while committing; it may be done: {error}"
            raise UnavailableError(msg) from error
        if trouble in _AGAIN:
            raise _AgainError(error, is_disconnected=is_disconnected) from error
        raise _refusal_or_bug(error, trouble) from error


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except _ERRORS as error:
        raise _refusal_or_bug(error, trouble_of(error)) from error


def _refusal_or_bug(error: Exception, trouble: Trouble | None) -> Exception:
    if trouble is None and not isinstance(error, PoolTimeoutError):
        return error
    return UnavailableError(f"PostgreSQL refused for now: {str(error).strip()}")


def _given_up(error: _AgainError) -> Exception:
    if error.is_disconnected:
        return UnavailableError(f"PostgreSQL cannot be reached: {error}")
    if trouble_of(error.cause) is Trouble.LOST_RACE:
        return LostRaceError(str(error))
    if isinstance(error.cause, LostRaceError):
        return error.cause
    return ContendedError(f"others kept changing the same: {error}")


def _is_unreachable(error: BaseException) -> bool:
    refused = isinstance(error, UnavailableError)
    return refused and not isinstance(error, ContendedError)
