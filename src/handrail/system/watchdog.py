"""A process that is stuck must not look alive: it writes where, and ends itself.

Whatever supervises it starts it again, and another node takes over its claims.
"""

import faulthandler
import sys
from collections.abc import Callable

REARM_SECONDS = 1.0


class Watchdog:
    """Ends the process unless it is fed within the limit.

    The timer is the interpreter's own thread in C, so that it fires even when a lock
    that no Python thread gives back is what everything waits for.
    """

    def __init__(self, *, limit_seconds: float, monotonic: Callable[[], float]) -> None:
        self._limit = limit_seconds
        self._monotonic = monotonic
        self._armed_at: float | None = None

    def feed(self) -> None:
        """Say that all is well until the limit has passed again."""
        now = self._monotonic()
        if self._armed_at is None or now - self._armed_at >= REARM_SECONDS:
            self._armed_at = now
            faulthandler.dump_traceback_later(
                self._limit, exit=True, file=sys.__stderr__ or sys.stderr
            )

    def stop(self) -> None:
        """Stop watching."""
        faulthandler.cancel_dump_traceback_later()
