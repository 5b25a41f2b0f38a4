"""Duties that run at their own pace: fold repeats, reclaim, prune, audit."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from handrail.core import limits
from handrail.engine.report import Report
from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store
from handrail.usecases import delivery, paging

FOLD_EVERY = timedelta(seconds=1)
FOLD_BATCH = 500
RECLAIM_EVERY = timedelta(seconds=1)
PRUNE_EVERY = timedelta(hours=1)
PRUNE_BATCH = 5000


@dataclass(slots=True, kw_only=True)
class Periodic:
    """Something to be done every so often, by this process's monotonic clock.

    Attributes:
        act: Does it; returns how much was done, and whether more waits.
    """

    name: str
    every: timedelta
    clock: Clock
    act: Callable[[], Report]
    _next_at: float = field(default=0.0, init=False)

    def tick(self) -> Report:
        """Do it if its time has come, or if the last time left more to do."""
        if self.clock.monotonic() < self._next_at:
            return Report(done=0)
        report = self.act()
        wait = 0.0 if report.has_more else self.every.total_seconds()
        self._next_at = self.clock.monotonic() + wait
        return report


def fold_receipts(store: Store, clock: Clock) -> Periodic:
    """Return the duty that applies journaled repeats to their alerts."""

    def act() -> Report:
        if not store.read(lambda tx: tx.receipt.has_unfolded()):
            return Report(done=0)
        done = store.run(lambda tx: tx.receipt.fold(limit=FOLD_BATCH))
        return Report(done=done, has_more=done == FOLD_BATCH)

    return Periodic(name="fold_receipts", every=FOLD_EVERY, clock=clock, act=act)


def reclaim_claims(store: Store, clock: Clock) -> Periodic:
    """Return the duty that takes back the claims of nodes that are surely gone."""

    def act() -> Report:
        owners = store.read(lambda tx: tx.delivery.lease_owners())
        dead = store.dead_nodes(owners) if owners else []
        if not dead:
            return Report(done=0)
        done = store.run(lambda tx: delivery.reclaim_dead(tx, dead))
        return Report(done=done)

    return Periodic(name="reclaim_claims", every=RECLAIM_EVERY, clock=clock, act=act)


def prune(store: Store, clock: Clock) -> Periodic:
    """Return the duty that deletes old receipts of mere repeats."""

    def act() -> Report:
        done = store.run(
            lambda tx: tx.receipt.prune(
                before=tx.now - limits.RECEIPT_LIFE, limit=PRUNE_BATCH
            )
        )
        return Report(done=done, has_more=done == PRUNE_BATCH)

    return Periodic(name="prune", every=PRUNE_EVERY, clock=clock, act=act)


@dataclass(slots=True, kw_only=True)
class FollowClock:
    """The duty that lets due times follow a clock that was set back.

    Only where this process's clock is the database's: on SQLite.
    """

    store: Store
    ids: IdSource
    name: str = "follow_clock"
    _steps: deque[timedelta] = field(default_factory=deque, init=False)

    def note(self, by: timedelta) -> None:
        """Note a step of the clock; cheap, from any thread."""
        if by < timedelta(0):
            self._steps.append(by)

    def tick(self) -> Report:
        """Follow the steps noted since the last tick."""
        done = 0
        while self._steps:
            by = self._steps[0]
            self.store.run(partial(paging.follow_clock, by=by, ids=self.ids))
            self._steps.popleft()
            done += 1
        return Report(done=done)
