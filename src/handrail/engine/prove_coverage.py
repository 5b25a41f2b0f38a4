"""The daily proof: coverage of the coming days, and telling who can mend a gap.

It works in short slices between the other duties, outside of any transaction: a page
never waits for a proof.
"""

from datetime import datetime, timedelta

import structlog

from handrail.core.coverage.prove import Prover
from handrail.core.ids import Slug
from handrail.engine.report import Report
from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store, Transaction
from handrail.usecases import coverage
from handrail.usecases.gap_telling import BEYOND, Gap, gaps_of, tell_gaps

EVERY = timedelta(hours=24)
LOOK_EVERY = timedelta(seconds=60)
"""For another configuration, which is proved at once and not the next day."""
DEADLINE = timedelta(minutes=10)
"""A proof that takes longer is given up, and said in the log."""
SLICE_SECONDS = 0.05
"""A service is begun only within this; one takes some milliseconds."""
BREAK = timedelta(seconds=0.2)
_log = structlog.get_logger()


class _Run:
    """One proof in the making."""

    def __init__(self, given: coverage.Facts, began_at: float) -> None:
        self.began_at = began_at
        self.start: datetime = given.now
        self.revision = given.snapshot.revision
        # As long ahead at the least: the next proof is a day from now.
        self.until = given.now + given.snapshot.coverage.tell_ahead + EVERY
        self.end = self.until + BEYOND
        self.prover = Prover(
            given.snapshot, evidence=given.evidence, start=self.start, end=self.end
        )
        self.waiting = list(given.snapshot.services)[::-1]
        self.found: dict[Slug, tuple[Gap, ...]] = {}

    def step(self) -> None:
        """Prove the next service."""
        name = self.waiting.pop()
        self.found[name] = gaps_of(
            self.prover.service(name), until=self.until, end=self.end
        )


class ProveCoverage:
    """Proves everything at the start, daily, and when the configuration changes."""

    name = "prove_coverage"

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._run: _Run | None = None
        self._revision: int | None = None
        self._look_at = 0.0
        self._due_at = 0.0

    def tick(self) -> Report:
        """Do the next slice, if there is something to prove."""
        now = self._clock.monotonic()
        if now < self._look_at:
            return Report(done=0)
        if self._run is None:
            self._look_at = now + LOOK_EVERY.total_seconds()
            self._begin(now)
            return Report(done=0)
        return Report(done=self._slice(self._run, now))

    def _begin(self, now: float) -> None:
        given = self._store.read(coverage.facts)
        if now < self._due_at and given.snapshot.revision == self._revision:
            return
        self._revision = given.snapshot.revision
        self._due_at = now + EVERY.total_seconds()
        if any(one.coverage.intents for one in given.snapshot.services.values()):
            self._run = _Run(given, now)
            self._look_at = now

    def _slice(self, run: _Run, now: float) -> int:
        done = 0
        if now - run.began_at > DEADLINE.total_seconds():
            _log.error("coverage_not_proved", waiting=len(run.waiting))
            self._run = None
            return done
        while run.waiting and self._clock.monotonic() - now < SLICE_SECONDS:
            run.step()
            done += 1
        self._look_at = self._clock.monotonic() + BREAK.total_seconds()
        if not run.waiting:
            self._end(run)
        return done

    def _end(self, run: _Run) -> None:
        self._run = None

        def tell(tx: Transaction) -> int | None:
            if tx.configuration.snapshot().revision != run.revision:
                return None
            return tell_gaps(tx, run.found, began_at=run.start, ids=self._ids)

        told = self._store.run(tell)
        if told is None:
            # It changed meanwhile; what is in force now is proved next.
            return
        gaps = sum(any(gap.is_near for gap in those) for those in run.found.values())
        _log.info("coverage_proved", services=len(run.found), gaps=gaps, told=told)
