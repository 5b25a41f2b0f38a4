"""Schedules resolved once for a whole proof, and asked many times."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from handrail.core.ids import Slug
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import Schedule


class Said(NamedTuple):
    """What a schedule says over a stretch of time.

    Attributes:
        users: Who is on duty.
        shadows: Who goes along without responsibility.
        is_intended: Of a gap: it is meant.
    """

    users: tuple[Slug, ...]
    shadows: tuple[Slug, ...]
    is_intended: bool


class Rota:
    """One schedule's answers within a stretch of time."""

    def __init__(self, schedule: Schedule, start: datetime, end: datetime) -> None:
        """Resolve ``[start, end)``."""
        tiles = resolve(schedule, start, end)
        self._starts = [tile.starts_at for tile in tiles]
        self._said = [
            (Said(tile.users, tile.companions, tile.is_intended), tile.ends_at)
            for tile in tiles
        ]

    def at(self, instant: datetime) -> tuple[Said, datetime]:
        """Return what it says at an instant, and until when."""
        return self._said[bisect_right(self._starts, instant) - 1]


class Rotas:
    """Every schedule that is asked about, within one stretch of time."""

    def __init__(
        self, schedules: Mapping[Slug, Schedule], start: datetime, end: datetime
    ) -> None:
        """Take the schedules; none is resolved before it is asked about.

        Args:
            schedules: By name.
            start: UTC, inclusive; nothing is asked before it.
            end: UTC, exclusive; nothing is asked from it on.
        """
        self._schedules = schedules
        self._start = start
        self._end = end
        self._known: dict[Slug, Rota | None] = {}

    def of(self, name: Slug) -> Rota | None:
        """Return the answers of a schedule, or none where there is no such one."""
        if name not in self._known:
            schedule = self._schedules.get(name)
            self._known[name] = (
                None if schedule is None else Rota(schedule, self._start, self._end)
            )
        return self._known[name]
