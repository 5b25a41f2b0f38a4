"""Recorded alerts played through what was in force then, and through a proposal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from handrail.core.configuration import history
from handrail.core.configuration.snapshot import Snapshot
from handrail.ports.store import Transaction


def in_force(tx: Transaction) -> Callable[[datetime], Snapshot]:
    """Return what tells the configuration in force at an instant.

    Every schedule is as it was: an override that somebody made holds. Before the first
    apply the first one is taken to have held.
    """
    revisions = tx.configuration.revisions()
    schedules = history.compiled(tx.configuration.versions(history.KINDS))
    numbers = [one.number for one in revisions] or [0]
    known = {
        number: replace(tx.configuration.snapshot_at(number), schedules=schedules)
        for number in numbers
    }

    def at(instant: datetime) -> Snapshot:
        began = [one.number for one in revisions if one.applied_at <= instant]
        return known[began[-1] if began else numbers[0]]

    return at
