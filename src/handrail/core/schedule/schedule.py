"""A schedule: one rotation in a named time zone, and its overrides."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum, unique

from handrail.core.ids import Slug


@unique
class RotationUnit(StrEnum):
    """What a turn's length counts; always in wall-clock time."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Participants take turns in order.

    Attributes:
        participants: Names of users, in order; ``None`` is nobody, an intended gap.
        unit: What ``length`` counts.
        length: Units per turn, 1 or more.
        starts_on: Local date of the first turn's first handoff; turn 0 begins there.
        handoff: Local wall-clock time of every handoff.
    """

    participants: tuple[Slug | None, ...]
    unit: RotationUnit
    length: int
    starts_on: date
    handoff: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Somebody else for a while. Last created wins.

    Attributes:
        name: The slug.
        user: Who is on call instead.
        starts_at: UTC, inclusive.
        ends_at: UTC, exclusive.
        order: Rank of creation; higher was created later.
    """

    name: Slug
    user: Slug
    starts_at: datetime
    ends_at: datetime
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Who is on call when.

    Attributes:
        name: The slug.
        title: What people see.
        time_zone: IANA name in which dates and times of the rotation are read.
        rotation: The one layer.
        overrides: In any order.
    """

    name: Slug
    title: str
    time_zone: str
    rotation: Rotation
    overrides: tuple[Override, ...] = ()
