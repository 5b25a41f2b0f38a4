"""Rotations: whose turn it is at an instant.

Handoff ``k`` is at the wall-clock time ``starts_on handoff + the first k lengths``, for
every integer ``k``, negative ones too: a rotation has no beginning, ``starts_on`` only
says where the first participant's turn lies. Units are wall-clock units, hours too. An
hour that the zone skips leaves two handoffs at one instant; the turn between them has
no length and nobody sees it. (Agrees with GoAlert's recorded answers, where these keep
their own promise.)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate, count, cycle
from operator import add
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.schedule.schedule import Party, Rotation, RotationUnit

_LENGTHS = {
    RotationUnit.HOUR: timedelta(hours=1),
    RotationUnit.DAY: timedelta(days=1),
    RotationUnit.WEEK: timedelta(weeks=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One participant's turn.

    Attributes:
        users: Who has it; nobody where empty.
        starts_at: UTC, inclusive.
        ends_at: UTC, exclusive; later than ``starts_at``.
        index: 0 for the turn that begins on ``starts_on``; earlier ones are negative.
    """

    users: Party
    starts_at: datetime
    ends_at: datetime
    index: int


def turn_at(rotation: Rotation, zone: ZoneInfo, at: datetime) -> Turn:
    """Return the turn that holds the instant. A rotation of no one is nobody's turn."""
    index, starts_at, ends_at = period_at(rotation, zone, at)
    return Turn(
        users=participant(rotation, index),
        starts_at=starts_at,
        ends_at=ends_at,
        index=index,
    )


def participant(rotation: Rotation, turn: int) -> Party:
    """Return who has a turn, by its number."""
    size = len(rotation.participants)
    return rotation.participants[turn % size] if size else ()


def period_at(
    rotation: Rotation, zone: ZoneInfo, at: datetime
) -> tuple[int, datetime, datetime]:
    """Return the number of the period that holds the instant, its start and end."""
    index = _estimate(rotation, wall_clock.local(at, zone))
    starts_at = handoff(rotation, zone, index)
    while starts_at > at:
        index -= 1
        starts_at = handoff(rotation, zone, index)
    ends_at = handoff(rotation, zone, index + 1)
    while ends_at <= at:
        index += 1
        starts_at, ends_at = ends_at, handoff(rotation, zone, index + 1)
    return index, starts_at, ends_at


def handoff(rotation: Rotation, zone: ZoneInfo, index: int) -> datetime:
    """Return the instant at which period ``index`` begins, UTC."""
    return wall_clock.instant_of(wall_handoff(rotation, index), zone)


def handoffs(rotation: Rotation, zone: ZoneInfo, index: int) -> Iterator[datetime]:
    """Yield the instants at which period ``index`` and those after it begin, UTC."""
    if rotation.unit is RotationUnit.MONTH:
        for later in count(index):
            yield handoff(rotation, zone, later)
    steps = [length * unit_length(rotation.unit) for length in rotation.lengths]
    first = index % len(steps)
    rounds = cycle((*steps[first:], *steps[:first]))
    naives = accumulate(rounds, add, initial=wall_handoff(rotation, index))
    yield from wall_clock.instants_of(naives, zone)


def counts_until(rotation: Rotation, zone: ZoneInfo, index: int) -> datetime:
    """Return the instant up to which period ``index`` counts, by ``lasts``, UTC.

    It may be later than the next handoff, which ends the period all the same.
    """
    assert rotation.lasts is not None, "all of it counts"
    naive = wall_handoff(rotation, index) + rotation.lasts
    return wall_clock.instant_of(naive, zone)


def wall_handoff(rotation: Rotation, index: int) -> datetime:
    """Return what the wall clock should read when period ``index`` begins, naive."""
    first = datetime.combine(rotation.starts_on, rotation.handoff)
    lengths = rotation.lengths
    if len(lengths) == 1:
        units = index * lengths[0]
    else:
        cycles, rest = divmod(index, len(lengths))
        offsets = _offsets(lengths)
        units = cycles * offsets[-1] + offsets[rest]
    if rotation.unit is RotationUnit.MONTH:
        return wall_clock.add_months(first, units)
    return first + units * unit_length(rotation.unit)


def unit_length(unit: RotationUnit) -> timedelta:
    """Return a unit's length in wall-clock time; months have none."""
    assert unit is not RotationUnit.MONTH, "a month has no fixed length"
    return _LENGTHS[unit]


@lru_cache(maxsize=256)
def _offsets(lengths: tuple[int, ...]) -> tuple[int, ...]:
    """Return units from a cycle's beginning to each of its handoffs, and its end."""
    return (0, *accumulate(lengths))


def _estimate(rotation: Rotation, naive: datetime) -> int:
    """Return a period's number near the one that holds a wall-clock time."""
    first = datetime.combine(rotation.starts_on, rotation.handoff)
    if rotation.unit is RotationUnit.MONTH:
        units = wall_clock.months_between(first, naive)
    else:
        units = (naive - first) // unit_length(rotation.unit)
    return units * len(rotation.lengths) // _offsets(rotation.lengths)[-1]
