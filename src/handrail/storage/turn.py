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
        self._held: dict[TurningLevel, int] = {}
        """Levels that are locked, and the turn that was had last at each."""
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
        self._forget_undone()
        wanted = [level for level in set(levels) if level not in self._held]
        keys = sorted({lock_key(level) for level in wanted})
        last = self._last
        early = [key for key in keys if last is not None and key < last]
        if early and not try_to_hold(self._scope, early):
            msg = "somebody else takes a turn at the same levels; look at them again"
            raise LostRaceError(msg)
        late = keys[len(early) :]
        if late:
            hold(self._scope, late)
            self._last = late[-1]
        if wanted:
            # After the wait: what others took meanwhile is seen by a new statement.
            had = counter.values(self._scope, [_name(level) for level in wanted])
            self._held |= {level: had.get(_name(level), 0) for level in wanted}

    def next(self, level: TurningLevel) -> int:
        """Return the next turn at the level, from 1."""
        self._forget_undone()
        had = self._held.get(level)
        if had is None:
            had = counter.value(self._scope, _name(level))
        return had + 1

    def take(self, level: TurningLevel) -> int:
        """Count the next turn as had, and return it."""
        self._forget_undone()
        taken = counter.take(self._scope, _name(level))
        if level in self._held:
            self._held[level] = taken
        return taken

    def go_on(self, before: TurningLevel, after: TurningLevel) -> None:
        """Let the turns after go on where those before are, unless they are ahead."""
        had = counter.value(self._scope, _name(before))
        if had:
            counter.raise_to(self._scope, _name(after), had)
        self._held.pop(after, None)

    def _forget_undone(self) -> None:
        """Forget what is held if anything was undone: it has given back its locks."""
        if self._undone != self._scope.undone:
            self._held.clear()
            self._undone = self._scope.undone


def _name(level: TurningLevel) -> str:
    return f"turn {level.policy} {level.place}"
