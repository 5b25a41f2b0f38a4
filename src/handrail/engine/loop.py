"""The engine: runs every duty when something is due, on one thread.

It is woken by commits and by due times; a short floor catches what a lost hint missed.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from handrail.engine.report import Duty, Report
from handrail.ports.clock import Clock
from handrail.ports.store import Store, Transaction

FLOOR = timedelta(seconds=1)
"""The longest sleep: wake-ups are hints, and a hint may be lost."""
AFTER_ERROR_SECONDS = 0.5
IDLE_SECONDS = 0.02
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """For readiness: when the last round ended and what failed last.

    Attributes:
        ended_at: Monotonic seconds of the last round's end.
        failing: Names of duties whose last tick raised.
    """

    ended_at: float
    failing: frozenset[str]


class Engine:
    """Runs the duties until it is stopped."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        on_round: Callable[[Progress], None] = lambda _: None,
        on_duty: Callable[[str, float], None] = lambda _name, _lag_seconds: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_round = on_round
        self._on_duty = on_duty
        self._duties: Sequence[Duty] = ()
        self._wake = threading.Event()
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="handrail-engine", daemon=True
        )
        self.progress = Progress(ended_at=clock.monotonic(), failing=frozenset())

    def start(self, duties: Sequence[Duty]) -> None:
        """Begin to run these duties, in this order in every round."""
        self._duties = duties
        self._thread.start()

    def wake(self) -> None:
        """Say that something may be due; cheap, from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the present round and end the thread."""
        self._is_stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            self._wake.clear()
            reports = self._round()
            self._tell()
            if any(report.has_more for report in reports):
                continue
            did_something = any(report.done for report in reports)
            if not self._is_stopping.is_set():
                self._wake.wait(timeout=self._sleep_seconds(busy=did_something))

    def _round(self) -> list[Report]:
        reports: list[Report] = []
        failing: set[str] = set()
        for duty in self._duties:
            try:
                reports.append(report := duty.tick())
                if report.done and report.lag is not None:
                    self._on_duty(duty.name, report.lag.total_seconds())
            except Exception:  # noqa: BLE001 - the engine goes on
                # One duty's failure must not stop the others; it is tried again.
                _log.exception("duty_failed", duty=duty.name)
                failing.add(duty.name)
        if failing:
            self._is_stopping.wait(AFTER_ERROR_SECONDS)
        ended_at = self._clock.monotonic()
        self.progress = Progress(ended_at=ended_at, failing=frozenset(failing))
        return reports

    def _tell(self) -> None:
        try:
            self._on_round(self.progress)
        except Exception:  # noqa: BLE001 - the engine goes on
            _log.exception("round_not_told")

    def _sleep_seconds(self, *, busy: bool) -> float:
        try:
            now, due_at = self._store.read(_next_due)
        except Exception:  # noqa: BLE001 - the engine goes on
            _log.exception("next_due_unknown")
            return AFTER_ERROR_SECONDS
        if due_at is None:
            return FLOOR.total_seconds()
        # What is due but could not be taken (held, or every slot busy) must not spin.
        shortest = 0.0 if busy else IDLE_SECONDS
        seconds = (due_at - now).total_seconds()
        return min(max(seconds, shortest), FLOOR.total_seconds())


def _next_due(tx: Transaction) -> tuple[datetime, datetime | None]:
    dues = (
        tx.alert.next_evaluation(),
        tx.alert.next_expiry(),
        tx.page.next_due(),
        tx.delivery.next_due(),
        tx.incident.next_due(),
        tx.page.next_nudge(),
        tx.mitigation_run.next_due(),
        tx.backlog.next_due(),
        tx.agreement.next_due(),
    )
    return tx.now, min((due for due in dues if due is not None), default=None)
