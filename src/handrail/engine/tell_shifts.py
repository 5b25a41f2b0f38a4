"""The duty that tells people of their shifts when these begin and end.

Each process works out from the configuration what is due; who comes first in the
database tells it. Only schedules that ask for notices are resolved, and those only when
something of theirs can be due or the configuration changed.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.schedule.shift_notice import ShiftNotice, look
from handrail.engine.report import Report
from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store, Transaction
from handrail.usecases import paging
from handrail.usecases.shift_notice import tell_shifts

EVERY = timedelta(seconds=5)
FORGET_AFTER = timedelta(days=60)
"""Longer than any notice can be due again."""
TOLD_AT_ONCE = 25


@dataclass(slots=True, kw_only=True)
class TellShifts:
    """Told notices are remembered here so that the database is asked once for each.

    Only those that are known to be told: what was held, or is due no more because
    somebody changed the plan, may become due again.
    """

    store: Store
    clock: Clock
    ids: IdSource
    name: str = "tell_shifts"
    _next_at: float = field(default=0.0, init=False)
    _revision: int = field(default=-1, init=False)
    _look_at: dict[Slug, datetime] = field(default_factory=dict, init=False)
    _due: list[ShiftNotice] = field(default_factory=list, init=False)
    _again: tuple[ShiftNotice, ...] = field(default=(), init=False)
    _told: dict[str, datetime] = field(default_factory=dict, init=False)

    def tick(self) -> Report:
        """Tell what is due; return at once until the next look."""
        if self.clock.monotonic() < self._next_at:
            return Report(done=0)
        now, snapshot, is_held = self.store.read(_facts)
        if is_held:
            # Nothing is told now, and what was due is looked for anew afterwards.
            self._revision, self._due = -1, []
        else:
            self._look(snapshot, now)
        done = self._tell()
        wait = timedelta(0) if self._due else EVERY
        self._next_at = self.clock.monotonic() + wait.total_seconds()
        return Report(done=done, has_more=bool(self._due))

    def _look(self, snapshot: Snapshot, now: datetime) -> None:
        """Find what became due in the schedules whose time has come."""
        if snapshot.revision != self._revision:
            self._revision, self._due = snapshot.revision, []
            self._look_at = {
                name: now
                for name, schedule in snapshot.schedules.items()
                if schedule.notices is not None
            }
        self._due += [one for one in self._again if one not in self._due]
        self._again = ()
        for name, at in self._look_at.items():
            if at <= now:
                found = look(snapshot.schedules[name], now)
                self._look_at[name] = found.again_at
                self._due += [one for one in found.due if one.id not in self._told]
        self._told = {
            key: at for key, at in self._told.items() if now - at < FORGET_AFTER
        }

    def _tell(self) -> int:
        batch = self._due[:TOLD_AT_ONCE]
        if not batch:
            return 0
        told = self.store.run(partial(tell_shifts, notices=batch, ids=self.ids))
        self._due = self._due[TOLD_AT_ONCE:]
        self._again = told.again
        self._told |= {one.id: one.at for one in told.settled}
        if told.done:
            self.store.run(
                lambda tx: tx.shift_notice.forget(before=tx.now - FORGET_AFTER)
            )
        return told.done


def _facts(tx: Transaction) -> tuple[datetime, Snapshot, bool]:
    return tx.now, tx.configuration.snapshot(), bool(tx.meta.get(paging.HELD))
