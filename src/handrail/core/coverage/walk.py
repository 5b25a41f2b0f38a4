"""What a page does while nobody acknowledges: which level is told how long after.

The climb is the live one: the same positions, the same plan of a level, empty levels
skipped at once; only the clock is relative to the page's start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import MethodKey
from handrail.core.coverage.rota import Rotas
from handrail.core.coverage.view import LevelView, LevelViews
from handrail.core.escalation.policy import EscalationPolicy, Level, Position
from handrail.core.paging.escalate import BUILT_IN_LAST_RESORT
from handrail.core.paging.page import LAST_RESORT_LEVEL
from handrail.core.severity.severity import Urgency

_NONE = timedelta(0)


class Step(NamedTuple):
    """A level that is notified, or found empty and skipped.

    Attributes:
        after: How long after the page's start.
        level: Index from 0, or ``LAST_RESORT_LEVEL``.
        view: Who is sought then.
        stand_ins: Schedules whose turn of nobody is taken as filled, as targets.
    """

    after: timedelta
    level: int
    view: LevelView
    stand_ins: tuple[str, ...] = ()


class Climb:
    """A policy at one urgency, to be walked from any instant."""

    def __init__(
        self,
        policy: EscalationPolicy | None,
        *,
        urgency: Urgency,
        snapshot: Snapshot,
        rotas: Rotas,
    ) -> None:
        """Take the policy, none for straight to the last resort."""
        self._policy = policy
        last_resort = snapshot.last_resort or BUILT_IN_LAST_RESORT
        levels = () if policy is None else policy.levels
        self._levels, self._last_resort = (
            [
                LevelViews(
                    targets,
                    urgency=urgency,
                    snapshot=snapshot,
                    rotas=rotas,
                    takes_turns=takes_turns,
                )
                for targets, takes_turns in group
            ]
            for group in (
                [(level.targets, level.round_robin) for level in levels],
                [(last_resort.targets, False)],
            )
        )

    def from_(self, at: datetime) -> "Walk":
        """Return the walk of a page that starts at an instant."""
        return Walk(self, at)

    def ahead(self, here: Position | None) -> Iterator[tuple[Position, Level]]:
        """Yield the levels that are still to come."""
        if self._policy is not None:
            for position in self._policy.positions(after=here):
                yield position, self._policy.levels[position.level]

    def methods(self) -> Iterator[MethodKey]:
        """Yield the contact methods of everything looked at, with repeats."""
        for views in (*self._levels, *self._last_resort):
            yield from views.methods()

    def views(self, level: int) -> LevelViews:
        """Return the views of a level, or of the last resort."""
        if level == LAST_RESORT_LEVEL:
            return self._last_resort[0]
        return self._levels[level]


@dataclass(slots=True)
class Walk:
    """The steps of a page that starts at an instant.

    Attributes:
        at: The page's start, UTC.
        until: A page that starts in ``[at, until)`` does the same, as far as the
            steps taken so far say. None: for ever.
    """

    climb: Climb
    at: datetime
    until: datetime | None = None

    def steps(self, *, limit: timedelta, is_filled: bool = False) -> Iterator[Step]:
        """Yield the steps in order; the last resort once: it stays the same people.

        Args:
            limit: The last delay from the page's start that is looked at, inclusive.
            is_filled: Take turns of nobody as filled: their levels are not empty.
        """
        after = _NONE
        here: Position | None = None
        while after <= limit:
            told: Level | None = None
            for position, level in self.climb.ahead(here):
                step = self._step(position.level, after)
                if is_filled:
                    step = step._replace(stand_ins=step.view.intended)
                yield step
                if step.stand_ins or not step.view.is_empty:
                    told, here = level, position
                    break
            if told is None:
                yield self._step(LAST_RESORT_LEVEL, after)
                return
            after += told.escalate_after

    def cut(self, until: datetime) -> None:
        """Note that a page that starts at ``until`` or later may do something else."""
        if self.until is None or until < self.until:
            self.until = until

    def _step(self, level: int, after: timedelta) -> Step:
        view, until = self.climb.views(level).look(self.at + after)
        if until is not None:
            self.cut(until - after)
        return Step(after, level, view)
