"""Escalation policies: ordered levels of targets, each with its patience."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique

from typing_extensions import override

from handrail.core.ids import Slug


@unique
class TargetKind(StrEnum):
    """What a level can notify."""

    SCHEDULE = "schedule"
    USER = "user"
    TEAM = "team"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Target:
    """``schedule:payments-primary``, ``user:ana``, ``team:sre`` or ``channel:ops``."""

    kind: TargetKind
    name: Slug

    @override
    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Who is notified, and how long the level waits before the next is.

    Attributes:
        targets: At least one.
        escalate_after: Counted from when the level was notified.
        round_robin: One of the people it leads to for each page, in turn; channels
            are told every time.
    """

    targets: tuple[Target, ...]
    escalate_after: timedelta
    round_robin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a policy: a pass over the levels, and a level in it."""

    round: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TurningLevel:
    """A level at which people take turns: what its turns are counted by.

    Attributes:
        policy: Its policy's name.
        place: From 1, among the policy's levels at which people take turns; so that a
            level moved in front of it, or another person in it, changes no count.
    """

    policy: Slug
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPolicy:
    """Levels in order, run ``rounds`` times, then the last resort.

    Attributes:
        name: The slug.
        levels: At least one.
        rounds: Total passes over the levels, 1 or more.
        version: Of the configuration document this came from.
    """

    name: Slug
    levels: tuple[Level, ...]
    rounds: int = 1
    version: int = 1

    @property
    def turning(self) -> tuple[TurningLevel, ...]:
        """Return the levels at which people take turns."""
        count = sum(level.round_robin for level in self.levels)
        return tuple(
            TurningLevel(policy=self.name, place=place) for place in range(1, count + 1)
        )

    def turning_level(self, level: int) -> TurningLevel:
        """Return what the turns of this level, from 0, are counted by."""
        assert self.levels[level].round_robin, "nobody takes turns there"
        place = sum(one.round_robin for one in self.levels[: level + 1])
        return TurningLevel(policy=self.name, place=place)

    def positions(self, *, after: Position | None) -> Iterator[Position]:
        """Yield the places still ahead, in order; from the first where none is given.

        At most one whole pass is yielded: levels that were all empty once are not
        tried again in the same instant.
        """
        count = len(self.levels)
        begun = -1 if after is None else (after.round - 1) * count + after.level
        end = min(self.rounds * count, begun + 1 + count)
        for place in range(begun + 1, end):
            yield Position(round=place // count + 1, level=place % count)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastResort:
    """Whom to notify when every level was empty or nobody answered.

    Attributes:
        targets: Users and channels only, so that it cannot be empty.
        repeat_after: Notified again this long after, while unacknowledged.
        times: How often in all before the page is marked exhausted.
    """

    targets: tuple[Target, ...]
    repeat_after: timedelta
    times: int
