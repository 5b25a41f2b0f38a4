"""The status page's files: written when something changed, and every minute.

Beside the engine, on a thread of its own: a disk that hangs, or words that cannot be
rendered, keep nobody from being paged.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog

from handrail.core.status_page.public_view import PublicView
from handrail.engine.report import Report
from handrail.ports.clock import Clock
from handrail.ports.store import Store
from handrail.usecases import notice

EVERY = timedelta(seconds=60)
"""With or without news: an old "as of" must mean trouble."""
LOOK_EVERY = timedelta(seconds=1)
"""For news; a look costs one small query."""
AFTER_ERROR = timedelta(seconds=10)
SLOW = timedelta(seconds=30)
"""Writing takes milliseconds; after this long the disk is said to hang."""
STOP_SECONDS = 2.0
_log = structlog.get_logger()


class PublishStatus:
    """A duty that hands the work to its own thread, one piece at a time."""

    name = "publish_status"

    def __init__(
        self, store: Store, clock: Clock, publish: Callable[[PublicView], int]
    ) -> None:
        """Prepare.

        Args:
            store: What is read.
            clock: Measures the waits.
            publish: Writes the files; returns how many changed.
        """
        self._store = store
        self._clock = clock
        self._publish = publish
        self._mark: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None
        self._began_at = 0.0
        self._is_slow_told = False
        self._look_at = 0.0
        self._renew_at = 0.0

    def tick(self) -> Report:
        """Begin to look or to write if it is time; return at once."""
        now = self._clock.monotonic()
        if self._thread is not None and self._thread.is_alive():
            self._tell_slow(now)
            return Report(done=0)
        if now < self._look_at:
            return Report(done=0)
        self._look_at = now + LOOK_EVERY.total_seconds()
        mark = self._store.read(notice.page_mark)
        if mark == self._mark and now < self._renew_at:
            return Report(done=0)
        self._began_at, self._is_slow_told = now, False
        self._thread = threading.Thread(
            target=self._write, args=(mark,), name="handrail-status", daemon=True
        )
        self._thread.start()
        return Report(done=1)

    def stop(self) -> None:
        """Wait a moment for what is being written; a hanging disk is left alone."""
        if self._thread is not None:
            self._thread.join(timeout=STOP_SECONDS)

    def _write(self, mark: tuple[int, int]) -> None:
        try:
            view = self._store.read(notice.public_view)
            count = self._publish(view)
        except Exception:  # noqa: BLE001 - the page is tried again, whatever it was
            _log.exception("status_page_not_written")
            self._look_at = self._clock.monotonic() + AFTER_ERROR.total_seconds()
            return
        if mark != self._mark:
            _log.info(
                "status_page_written",
                files=count,
                open_incidents=len(view.open_incidents),
            )
        self._mark = mark
        self._renew_at = self._clock.monotonic() + EVERY.total_seconds()

    def _tell_slow(self, now: float) -> None:
        if self._is_slow_told or now - self._began_at < SLOW.total_seconds():
            return
        self._is_slow_told = True
        _log.warning("status_page_is_slow", seconds=now - self._began_at)
