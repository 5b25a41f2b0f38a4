"""Proofs that people ask for: made one after the other, on a thread of their own.

A proof of a thousand services takes seconds. Who asks waits without a thread that
others need, or reads the last one meanwhile.
"""

import math
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from typing import TypeVar

import structlog

from handrail.core.coverage.proof import Proof
from handrail.core.errors import DomainError, OverloadedError, UnavailableError
from handrail.usecases.coverage import Facts, prove

T = TypeVar("T")
_log = structlog.get_logger()
ASKED_MAX = 8
"""Proofs on request that are being made or wait; more are refused for now."""
RETRY_AFTER_SECONDS = 5
Seconds = Callable[[], float]
_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastProof:
    """The last proof of everything there is.

    Attributes:
        proof: The proof, or none where there is none.
        made_at: When its facts were read, UTC; none without a proof.
        trouble: Why there could be none of what is in force, or "".
        coming: Ends when a newer one was made; none where this is of what is in force.
    """

    proof: Proof | None
    made_at: datetime | None
    trouble: str
    coming: "Future[None] | None"


class Proofs:
    """Makes proofs on its threads, and keeps the last one of everything.

    That one begins with the full hour that runs, and is made anew when somebody asks
    after the hour, the configuration or a verified contact method has changed.
    """

    def __init__(self, threads: Executor, *, seconds: Seconds) -> None:
        """Take the threads that nothing else waits for.

        Args:
            threads: One is enough; more take time from the pager.
            seconds: A monotonic clock.
        """
        self._threads = threads
        self._seconds = seconds
        self._is_closing = False
        self._asked = 0
        self._lock = Lock()
        self._key: _Key | None = None
        self._proof: Proof | None = None
        self._made_at: datetime | None = None
        self._trouble = ""
        self._coming: Future[None] | None = None

    def ask(self, make: Callable[[Seconds], T]) -> "Future[T]":
        """Make a proof, or what is made of it; with the clock that ends it in time.

        Raises:
            OverloadedError: Others ask already.
        """
        with self._lock:
            if self._asked >= ASKED_MAX:
                msg = f"{ASKED_MAX} coverage proofs are being made already; ask again"
                raise OverloadedError(msg, retry_after_seconds=RETRY_AFTER_SECONDS)
            self._asked += 1
        try:
            asked = self._submit(partial(make, self._time))
        except BaseException:
            self._answered(None)
            raise
        asked.add_done_callback(self._answered)
        return asked

    def last(self, given: Facts, *, length: timedelta) -> LastProof:
        """Return the last proof of everything; where it is old, a new one begins."""
        start = given.now.replace(minute=0, second=0, microsecond=0)
        known = frozenset(given.evidence.verified_at.items())
        key = (start, length, given.snapshot.revision, known)
        with self._lock:
            if key != self._key and self._coming is None:
                make = partial(self._make, key, given, start=start, end=start + length)
                self._coming = self._submit(make)
            return LastProof(
                proof=self._proof,
                made_at=self._made_at,
                trouble=self._trouble if key == self._key else "",
                coming=self._coming,
            )

    def close(self) -> None:
        """Give up what is being made, soon, and take no more; then end the threads."""
        self._is_closing = True

    def _make(self, key: _Key, given: Facts, *, start: datetime, end: datetime) -> None:
        # Trouble is kept as a proof is: else everybody who looks would try it again.
        proof, trouble = None, "The proof failed. The server's log says why."
        try:
            proof = prove(given, start=start, end=end, seconds=self._time)
            trouble = ""
        except DomainError as error:
            trouble = error.message
        except Exception:
            _log.exception("coverage_proof_failed")
            raise
        finally:
            with self._lock:
                self._key, self._trouble, self._coming = key, trouble, None
                self._proof = proof
                self._made_at = None if proof is None else given.now

    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        if self._is_closing:
            msg = "this server is stopping; ask again"
            raise UnavailableError(msg)
        return self._threads.submit(work)

    def _answered(self, _: object) -> None:
        with self._lock:
            self._asked -= 1

    def _time(self) -> float:
        """Return the time, which is over when the process stops."""
        return math.inf if self._is_closing else self._seconds()
