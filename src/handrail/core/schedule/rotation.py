"""Rotations: whose turn it is at an instant.

Handoff ``k`` is at the wall-clock time ``starts_on handoff + k x length x unit`` for
every integer ``k``, negative ones too: a rotation has no beginning, ``starts_on`` only
says where the first participant's turn lies. Units are wall-clock units, hours too. An
hour that the zone skips leaves two handoffs at one instant; the turn between them has
no length and nobody sees it. (Agrees with GoAlert's recorded answers, where these keep
their own promise.)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Rotation, RotationUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One participant's turn.

    Attributes:
        participant: Name of a user, or nobody.
        starts_at: UTC, inclusive.
        ends_at: UTC, exclusive; later than ``starts_at``.
        index: 0 for the turn that begins on ``starts_on``; earlier ones are negative.
    """

    participant: Slug | None
    starts_at: datetime
    ends_at: datetime
    index: int


def turn_at(rotation: Rotation, zone: ZoneInfo, at: datetime) -> Turn:
    """Return the turn that holds the instant. A rotation of no one is nobody's turn."""
    index = _estimate(rotation, wall_clock.local(at, zone))
    while _handoff(rotation, zone, index) > at:
        index -= 1
    while (ends_at := _handoff(rotation, zone, index + 1)) <= at:
        index += 1
    size = len(rotation.participants)
    return Turn(
        participant=rotation.participants[index % size] if size else None,
        starts_at=_handoff(rotation, zone, index),
        ends_at=ends_at,
        index=index,
    )


def _handoff(rotation: Rotation, zone: ZoneInfo, index: int) -> datetime:
    """Return the instant at which turn ``index`` begins."""
    first = datetime.combine(rotation.starts_on, rotation.handoff)
    if rotation.unit is RotationUnit.MONTH:
        naive = wall_clock.add_months(first, index * rotation.length)
    else:
        naive = first + index * _span(rotation)
    return wall_clock.instant_of(naive, zone)


def _estimate(rotation: Rotation, naive: datetime) -> int:
    """Return a turn number near the one whose turn it is at a wall-clock time."""
    first = datetime.combine(rotation.starts_on, rotation.handoff)
    if rotation.unit is RotationUnit.MONTH:
        return wall_clock.months_between(first, naive) // rotation.length
    return (naive - first) // _span(rotation)


def _span(rotation: Rotation) -> timedelta:
    """Return a turn's length in wall-clock time; months have none."""
    match rotation.unit:
        case RotationUnit.HOUR:
            return timedelta(hours=rotation.length)
        case RotationUnit.DAY:
            return timedelta(days=rotation.length)
        case RotationUnit.WEEK:
            return timedelta(weeks=rotation.length)
        case RotationUnit.MONTH:
            msg = "a month has no fixed length"
            raise AssertionError(msg)
        case _:
            assert_never(rotation.unit)
