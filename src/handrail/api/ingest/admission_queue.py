"""Requests on their way into the database: those that wait together go together."""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import structlog

from handrail.core import limits
from handrail.core.alert.receipt import Receipt
from handrail.core.errors import OverloadedError, UnavailableError
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store
from handrail.usecases.admission import accept, accept_all
from handrail.usecases.submission import Submission

REQUESTS_MAX = 128
"""Requests in one transaction."""
SIGNALS_MAX = 1000
"""Signals in one transaction, unless one request alone has more."""
TRANSACTIONS_MAX = 2
"""One at work and one that waits for it; what comes meanwhile is gathered."""
_RETRY_AFTER_SECONDS = 1
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Waiting:
    submission: Submission
    done: "asyncio.Future[Receipt]"

    @property
    def signals(self) -> int:
        return len(self.submission.parsed.signals)

    def told(self, receipt: Receipt) -> None:
        if not self.done.done():
            self.done.set_result(receipt)

    def failed(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class AdmissionQueue:
    """Admits requests, gathering while the writer is busy. For one event loop.

    A request alone is submitted at once. Those that cannot be stored together are
    stored one by one, so that none suffers for another.
    """

    def __init__(self, store: Store, ids: IdSource) -> None:
        self._store = store
        self._ids = ids
        self._waiting: deque[_Waiting] = deque()
        self._transactions = 0

    @property
    def depth(self) -> int:
        """Return how many requests wait; those that are being stored do not count."""
        return len(self._waiting)

    async def admit(self, submission: Submission) -> Receipt:
        """Return the receipt after the commit. What is queued is committed anyway.

        Raises:
            OverloadedError: Too many requests wait.
            UnavailableError: The database cannot be written.
        """
        if len(self._waiting) >= limits.ADMISSION_QUEUE_MAX:
            msg = f"{len(self._waiting)} requests wait for the database; send again"
            raise OverloadedError(msg, retry_after_seconds=_RETRY_AFTER_SECONDS)
        loop = asyncio.get_running_loop()
        waiting = _Waiting(submission, loop.create_future())
        self._waiting.append(waiting)
        if self._transactions < TRANSACTIONS_MAX:
            # After those requests that are already being read.
            loop.call_soon(self._submit_next, loop)
        return await asyncio.shield(waiting.done)

    def _submit_next(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting and self._transactions < TRANSACTIONS_MAX:
            self._submit(self._take(), loop)

    def _take(self) -> list[_Waiting]:
        """Return what waits longest, as far as it may go together."""
        first = self._waiting.popleft()
        taken = [first]
        signals = first.signals
        while self._waiting and len(taken) < REQUESTS_MAX:
            following = self._waiting[0]
            signals += following.signals
            is_alike = following.submission.integration == first.submission.integration
            if signals > SIGNALS_MAX or not is_alike:
                break
            taken.append(self._waiting.popleft())
        return taken

    def _submit(
        self, taken: Sequence[_Waiting], loop: asyncio.AbstractEventLoop
    ) -> None:
        ids = self._ids
        submissions = [waiting.submission for waiting in taken]
        try:
            future = self._store.submit(lambda tx: accept_all(tx, submissions, ids=ids))
        except Exception as error:  # noqa: BLE001 - every request gets an answer
            for waiting in taken:
                waiting.failed(error)
            return
        self._transactions += 1

        def settled(future: "Future[list[Receipt]]") -> None:
            loop.call_soon_threadsafe(self._settle, taken, future, loop)

        future.add_done_callback(settled)

    def _settle(
        self,
        taken: Sequence[_Waiting],
        future: "Future[list[Receipt]]",
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._transactions -= 1
        error = future.exception()
        if error is None:
            for waiting, receipt in zip(taken, future.result(), strict=True):
                waiting.told(receipt)
        elif len(taken) == 1 or isinstance(error, UnavailableError):
            for waiting in taken:
                waiting.failed(error)
        else:
            _log.warning("admitted_one_by_one", requests=len(taken), reason=str(error))
            for waiting in taken:
                self._submit_alone(waiting, loop)
        self._submit_next(loop)

    def _submit_alone(self, waiting: _Waiting, loop: asyncio.AbstractEventLoop) -> None:
        ids = self._ids
        try:
            future = self._store.submit(
                lambda tx: accept(tx, waiting.submission, ids=ids)
            )
        except Exception as error:  # noqa: BLE001 - every request gets an answer
            waiting.failed(error)
            return

        def settled(future: "Future[Receipt]") -> None:
            loop.call_soon_threadsafe(_tell, waiting, future)

        future.add_done_callback(settled)


def _tell(waiting: _Waiting, future: "Future[Receipt]") -> None:
    error = future.exception()
    if error is None:
        waiting.told(future.result())
    else:
        waiting.failed(error)
