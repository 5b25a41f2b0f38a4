"""Turns at levels of policies: counters, and the locks that keep them from two hands.

On PostgreSQL a level's lock is an advisory one that ends with the transaction: it needs
no row, which the first turn would have to make. On SQLite one writes at a time.
"""

from collections.abc import Collection

from handrail.core.errors import LostRaceError
from handrail.core.escalation.policy import TurningLevel
from handrail.storage import counter
from handrail.storage.advisory_lock import hold, key_of, try_to_hold
from handrail.storage.scope import Scope


def lock_key(level: TurningLevel) -> int:
    """Return the advisory lock that stands for the turns of a level."""
    return key_of(_name(level))


class TurnCounters:
    """The turns as one transaction sees, locks and takes them."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._held: set[int] = set()
        self._undone = 0
        self._last: int | None = None

    def lock(self, levels: Collection[TurningLevel]) -> None:
        """Hold the levels to the end, in the order of their locks' numbers.

        Raises:
            LostRaceError: One comes before what was locked earlier, where waiting could
                be waiting in a ring, and somebody has it.
        """
        if not self._scope.is_postgres:
            return
        if self._undone != self._scope.undone:
            # What was undone has given back its locks; which, is not known here.
            self._held.clear()
            self._undone = self._scope.undone
        keys = sorted({lock_key(level) for level in levels} - self._held)
        last = self._last
        early = [key for key in keys if last is not None and key < last]
        if early and not try_to_hold(self._scope, early):
            msg = "somebody else takes a turn at the same levels; look at them again"
            raise LostRaceError(msg)
        late = keys[len(early) :]
        if late:
            hold(self._scope, late)
            self._last = late[-1]
        self._held.update(keys)

    def next(self, level: TurningLevel) -> int:
        """Return the next turn at the level, from 1."""
        return counter.value(self._scope, _name(level)) + 1

    def take(self, level: TurningLevel) -> int:
        """Count the next turn as had, and return it."""
        return counter.take(self._scope, _name(level))

    def go_on(self, before: TurningLevel, after: TurningLevel) -> None:
        """Let the turns after go on where those before are, unless they are ahead."""
        had = counter.value(self._scope, _name(before))
        if had:
            counter.raise_to(self._scope, _name(after), had)


def _name(level: TurningLevel) -> str:
    return f"turn {level.policy} {level.place}"
