"""Recorded alerts played through what was in force then, and through a proposal."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from handrail.core.configuration import history
from handrail.core.configuration.snapshot import Snapshot
from handrail.ports.store import Transaction


def in_force(
    tx: Transaction, instants: Iterable[datetime]
) -> Callable[[datetime], Snapshot]:
    """Return what tells the configuration in force at any of these instants.

    Every schedule is as it was, and called as it was: an override that somebody made
    holds. Before the first apply the first one is taken to have held. Only what was in
    force then is read: an installation that is years old has thousands of revisions.
    """
    revisions = tx.configuration.revisions()
    began = [one.applied_at for one in revisions]
    numbers = [one.number for one in revisions] or [0]

    def number(instant: datetime) -> int:
        return numbers[max(bisect_right(began, instant) - 1, 0)]

    then = {
        one: tx.configuration.snapshot_at(one)
        for one in sorted({number(instant) for instant in instants})
    }
    found = history.ScheduleHistory(tx.configuration.versions(history.KINDS))
    # A policy of then names a schedule as it was called then.
    names = {*found.names, *(name for one in then.values() for name in one.schedules)}
    plans = {name: found.schedule(name) for name in sorted(names)}
    schedules = {name: plan for name, plan in plans.items() if plan is not None}
    known = {one: replace(was, schedules=schedules) for one, was in then.items()}
    return lambda instant: known[number(instant)]
