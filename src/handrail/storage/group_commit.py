"""One thread that commits many transactions at once."""

import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import structlog

from handrail.core import limits
from handrail.core.errors import OverloadedError, UnavailableError
from handrail.core.ids import AlertId
from handrail.ports.store import Transaction
from handrail.storage.scope import Scope

T = TypeVar("T")
_log = structlog.get_logger()

GROUP_MAX = 256
"""Transactions in one commit: enough to make the fsync cheap, few enough to be soon."""
RETRY_AFTER_SECONDS = 1
"""What an overloaded sender is told; a full queue is about a second of work."""


class Job(Generic[T]):
    """A transaction's work and the future of its result.

    Attributes:
        place: Rank of arrival.
        is_waiting: The caller waits in ``run``, or it is a debt: never refused.
        alerts: What the group must lock before anything else.
    """

    __slots__ = ("alerts", "future", "is_waiting", "place", "work")

    def __init__(
        self,
        work: Callable[[Transaction], T],
        *,
        place: int,
        is_waiting: bool,
        alerts: Collection[AlertId] = (),
    ) -> None:
        self.work = work
        self.future: Future[T] = Future()
        self.place = place
        self.is_waiting = is_waiting
        self.alerts = alerts


AnyJob = Job[Any]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a job's work came to, kept until the commit is known."""

    result: Any
    error: BaseException | None

    @classmethod
    def of(cls, act: Callable[[], Any]) -> Self:
        """Act; whatever it raises belongs to whoever waits for it."""
        try:
            return cls(act(), None)
        except BaseException as error:  # noqa: BLE001  handed on through the future
            return cls(None, error)

    @classmethod
    def of_all(cls, jobs: Sequence[AnyJob], tx: Transaction, scope: Scope) -> Self:
        """Run many jobs as one; the result is the list of theirs."""

        def act() -> list[Any]:
            results = []
            tx.alert.lock({alert for job in jobs for alert in job.alerts})
            for job in jobs:
                scope.begin_work()
                results.append(job.work(tx))
            scope.flush()
            return results

        return cls.of(act)

    def settle(self, future: "Future[Any]") -> None:
        """Tell the future."""
        if self.error is not None:
            future.set_exception(self.error)
        else:
            future.set_result(self.result)


class GroupCommit:
    """A queue of transactions and the one thread that runs them in groups.

    Submitted work is bounded and refused when the queue is full. Work that somebody
    waits for has a lane of its own, so that paging is never behind a storm of
    signals; within a group, arrival order holds.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[AnyJob]], None],
        *,
        name: str,
        queue_max: int = limits.ADMISSION_QUEUE_MAX,
    ) -> None:
        """Start the thread.

        Args:
            commit: Runs and commits a group; settles every job's future, never raises.
            name: Of the thread.
            queue_max: How many submitted transactions may wait.
        """
        self._commit = commit
        self._queue_max = queue_max
        self._changed = threading.Condition()
        self._submitted: deque[AnyJob] = deque()
        self._waited_for: deque[AnyJob] = deque()
        self._count = 0
        self._is_closing = False
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    @property
    def depth(self) -> int:
        """Return how many transactions wait now."""
        return len(self._submitted) + len(self._waited_for)

    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        """Queue work and return the future of its result.

        Raises:
            OverloadedError: The queue is full, and the work is no debt.
            UnavailableError: The store is closing.
        """
        return self._put(work, is_waiting=is_debt, alerts=alerts)

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Queue work and wait for its result.

        Raises:
            UnavailableError: The store is closing.
        """
        assert threading.current_thread() is not self._thread, "nested transaction"
        return self._put(work, is_waiting=True).result()

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join()

    def _put(
        self,
        work: Callable[[Transaction], T],
        *,
        is_waiting: bool,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        with self._changed:
            if self._is_closing:
                msg = "the store is closing"
                raise UnavailableError(msg)
            if not is_waiting and len(self._submitted) >= self._queue_max:
                msg = f"{self._queue_max} requests wait for the database; send again"
                raise OverloadedError(msg, retry_after_seconds=RETRY_AFTER_SECONDS)
            self._count += 1
            job = Job(work, place=self._count, is_waiting=is_waiting, alerts=alerts)
            (self._waited_for if is_waiting else self._submitted).append(job)
            self._changed.notify()
        return job.future

    def _serve(self) -> None:
        while group := self._take():
            runnable = [
                job for job in group if job.future.set_running_or_notify_cancel()
            ]
            if runnable:
                self._commit_surely(runnable)

    def _commit_surely(self, group: list[AnyJob]) -> None:
        """Commit; whatever happens, the thread lives on and nobody waits for ever."""
        done = Settlement.of(lambda: self._commit(group))
        if done.error is None:
            return
        _log.error("group_commit_failed", exc_info=done.error)
        for job in group:
            if not job.future.done():
                job.future.set_exception(done.error)

    def _take(self) -> list[AnyJob]:
        """Return the next group in arrival order; empty when all is done."""
        with self._changed:
            while not (self._submitted or self._waited_for or self._is_closing):
                self._changed.wait()
            group: list[AnyJob] = []
            for lane in (self._waited_for, self._submitted):
                while lane and len(group) < GROUP_MAX:
                    group.append(lane.popleft())
        group.sort(key=lambda job: job.place)
        return group
