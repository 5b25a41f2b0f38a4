"""The nightly audit: a duty that checks the invariants on live data, batch by batch."""

from datetime import timedelta

import structlog

from handrail.core.paging.invariant import Violation
from handrail.engine.report import Report
from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store
from handrail.usecases.invariant_audit import (
    BEGINNING,
    AuditSummary,
    Place,
    audit,
    conclude,
)

EVERY = timedelta(hours=24)
DEADLINE = timedelta(hours=1)
"""An audit that takes longer is itself a defect that somebody is told of."""
BATCH = 50
BREAK = timedelta(seconds=0.2)
"""Between two batches, so that an audit never takes more than a share of a process."""
_log = structlog.get_logger()


class AuditRecord:
    """Looks at everything at the start and once a day, one batch a tick.

    Right after the start nothing counts as late: duties have not run yet.
    """

    name = "audit_record"

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._next_at = 0.0
        self._is_first = True
        self._at: Place | None = None
        self._began_at = 0.0
        self._checked = 0
        self._found: list[Violation] = []

    def tick(self) -> Report:
        """Check the next batch if its time has come."""
        now = self._clock.monotonic()
        if now < self._next_at:
            return Report(done=0)
        if self._at is None:
            self._at, self._began_at, self._checked = BEGINNING, now, 0
            self._found.clear()
        if now - self._began_at > DEADLINE.total_seconds():
            self._end(f"it looked at {self._checked} things within {DEADLINE}")
            return Report(done=1)
        self._check_batch(self._at)
        return Report(done=1)

    def _check_batch(self, at: Place) -> None:
        is_first = self._is_first
        report = self._store.read(
            lambda tx: audit(tx, at=at, limit=BATCH, is_lateness_checked=not is_first)
        )
        self._checked += report.checked
        self._found += report.violations
        for violation in report.violations:
            _log.error(
                "invariant_broken",
                invariant=violation.invariant,
                subject=violation.subject,
                what=violation.what,
            )
        self._at = report.then
        if self._at is None:
            self._end("")
        else:
            self._next_at = self._clock.monotonic() + BREAK.total_seconds()

    def _end(self, unfinished: str) -> None:
        summary = AuditSummary(
            checked=self._checked,
            violations=len(self._found),
            examples={v.invariant: v for v in reversed(self._found)},
            unfinished=unfinished,
        )
        self._at = None
        self._is_first = False
        self._next_at = self._clock.monotonic() + EVERY.total_seconds()
        self._store.run(lambda tx: conclude(tx, summary, ids=self._ids))
        _log.info(
            "audit_ended",
            checked=summary.checked,
            violations=summary.violations,
            unfinished=unfinished,
        )
