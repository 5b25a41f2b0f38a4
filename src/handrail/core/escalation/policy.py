"""Escalation policies: ordered levels of targets, each with its patience."""

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
    """

    targets: tuple[Target, ...]
    escalate_after: timedelta


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
