"""What differs between two schedules: who is on call when, exactly.

Gained and lost times are the symmetric difference of each person's shifts, stretch by
stretch; nothing is sampled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from handrail.core.ids import Slug
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.restriction import Stretch, joined
from handrail.core.schedule.schedule import Schedule
from handrail.core.schedule.tile import Tile

NEAR = timedelta(hours=12)
"""A handover counts as moved, not as another one, up to this far."""


class Place(NamedTuple):
    """A person on call, or going along as shadow."""

    user: Slug
    is_shadow: bool = False


class Handover(NamedTuple):
    """An instant, UTC, at which who is on call changes."""

    at: datetime
    leaving: tuple[Slug, ...]
    coming: tuple[Slug, ...]


class Moved(NamedTuple):
    """A handover between the same people at another instant."""

    before: Handover
    after: Handover

    @property
    def by(self) -> timedelta:
        """Return how much later it is; negative for earlier."""
        return self.after.at - self.before.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a schedule says of a stretch of time, person by person.

    Attributes:
        times: When each is on call, sorted and disjoint.
        gaps: When nobody is and nothing says that it is meant.
        nobody: When nobody is, meant or not.
        handovers: In order; none at the edges of the stretch.
    """

    times: Mapping[Place, list[Stretch]] = field(default_factory=dict)
    gaps: list[Stretch] = field(default_factory=list)
    nobody: list[Stretch] = field(default_factory=list)
    handovers: tuple[Handover, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two schedules compared over a stretch of time.

    Attributes:
        before: The one; empty where there was none.
        after: The other; empty where there is none.
        gained: By person, time on call after and not before.
        lost: By person, time on call before and not after.
        moved: Handovers between the same people that are up to ``NEAR`` apart.
    """

    before: Held
    after: Held
    gained: Mapping[Place, list[Stretch]]
    lost: Mapping[Place, list[Stretch]]
    moved: tuple[Moved, ...]

    @property
    def gaps_opened(self) -> list[Stretch]:
        """Return when there is a gap that nobody means, and was none."""
        return minus(self.after.gaps, self.before.gaps)

    @property
    def is_empty(self) -> bool:
        """Return whether everybody is on call exactly as before."""
        is_same = self.before.gaps == self.after.gaps
        return not self.gained and not self.lost and is_same


def difference(
    before: Schedule | None, after: Schedule | None, start: datetime, end: datetime
) -> Difference:
    """Compare within ``[start, end)``; None is a schedule that does not exist."""
    one, other = (held(schedule, start, end) for schedule in (before, after))
    return Difference(
        before=one,
        after=other,
        gained=_beyond(other.times, one.times),
        lost=_beyond(one.times, other.times),
        moved=moved(one.handovers, other.handovers),
    )


def held(schedule: Schedule | None, start: datetime, end: datetime) -> Held:
    """Return what the schedule says within ``[start, end)``."""
    if schedule is None:
        return Held()
    tiles = resolve(schedule, start, end)
    times: dict[Place, list[Stretch]] = {}
    for tile in tiles:
        for user in tile.users:
            times.setdefault(Place(user), []).append(tile[:2])
        for user in tile.companions:
            shadow = Place(user, is_shadow=True)
            times.setdefault(shadow, []).append(tile[:2])
    empty = [tile for tile in tiles if not tile.duties]
    return Held(
        times={place: joined(spans) for place, spans in times.items()},
        gaps=joined(tile[:2] for tile in empty if not tile.is_intended),
        nobody=joined(tile[:2] for tile in empty),
        handovers=_handovers(tiles),
    )


def moved(before: Sequence[Handover], after: Sequence[Handover]) -> tuple[Moved, ...]:
    """Return the handovers that are the same but for their instant, in order."""
    same = set(before) & set(after)
    waiting: dict[tuple[object, object], list[Handover]] = {}
    for one in after:
        if one not in same:
            waiting.setdefault(one[1:], []).append(one)
    found = []
    for one in before:
        near = [] if one in same else waiting.get(one[1:], [])
        other = min(near, key=lambda o, at=one.at: abs(o.at - at), default=None)  # type: ignore[misc]
        if other is not None and abs(other.at - one.at) <= NEAR:
            near.remove(other)
            found.append(Moved(one, other))
    return tuple(found)


def minus(one: Iterable[Stretch], other: Sequence[Stretch]) -> list[Stretch]:
    """Return the times of one that are not in the other; all sorted and disjoint."""
    result: list[Stretch] = []
    place = 0
    for starts_at, ends_at in one:
        at = starts_at
        while place < len(other) and other[place][1] <= at:
            place += 1
        index = place
        while index < len(other) and other[index][0] < ends_at:
            if at < other[index][0]:
                result.append((at, other[index][0]))
            at = max(at, other[index][1])
            index += 1
        if at < ends_at:
            result.append((at, ends_at))
    return result


def _beyond(
    one: Mapping[Place, list[Stretch]], other: Mapping[Place, list[Stretch]]
) -> Mapping[Place, list[Stretch]]:
    found = {place: minus(spans, other.get(place, ())) for place, spans in one.items()}
    return {place: spans for place, spans in found.items() if spans}


def _handovers(tiles: Sequence[Tile]) -> tuple[Handover, ...]:
    return tuple(
        Handover(later.starts_at, earlier.users, later.users)
        for earlier, later in pairwise(tiles)
        if earlier.users != later.users
    )
