"""Who is on duty over a stretch of time: layers combined, then overridden.

The one implementation of the rule: the live pager, the calendar, proofs, what-if and
back-tests all read its tiles.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from handrail.core.schedule.layer import Piece, pieces
from handrail.core.schedule.override import with_overrides
from handrail.core.schedule.schedule import Combination, Layer, Schedule
from handrail.core.schedule.tile import Duty, Tile, joined


class Said(NamedTuple):
    """A stretch ``[starts_at, ends_at)`` in which layers say one thing.

    Attributes:
        duties: Whom they put on duty; nobody, as intended, where empty.
    """

    starts_at: datetime
    ends_at: datetime
    duties: tuple[Duty, ...]


def resolve(schedule: Schedule, start: datetime, end: datetime) -> tuple[Tile, ...]:
    """Return tiles that fill ``[start, end)`` exactly, in order; UTC.

    Neighbours never say the same, so that every inner edge is a change of the answer.
    An empty stretch has no tiles.
    """
    plan = [
        tile
        for first, last, layers in _revisions(schedule, start, end)
        for tile in _planned(layers, schedule.time_zone, first, last)
    ]
    near = [
        o
        for o in schedule.overrides
        if o.starts_at < o.ends_at and o.starts_at < end and o.ends_at > start
    ]
    return joined(with_overrides(plan, near) if near else plan)


def _revisions(
    schedule: Schedule, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, tuple[Layer, ...]]]:
    """Yield the parts of ``[start, end)`` with the layers in force in each."""
    ends = [one.effective_from or end for one in schedule.revisions[1:]]
    for revision, until in zip(schedule.revisions, [*ends, end], strict=True):
        first = max(start, revision.effective_from or start)
        last = min(end, until)
        if first < last:
            yield first, last, revision.layers


def _planned(
    layers: tuple[Layer, ...], time_zone: str, start: datetime, end: datetime
) -> list[Tile]:
    """Return what the layers say together, tile by tile, before any override."""
    plan = [Tile(starts_at=start, ends_at=end)]
    for stratum in strata(layers):
        said: list[Said] = []
        for layer in stratum:
            found = pieces(layer, time_zone=time_zone, start=start, end=end)
            said = _side_by_side(said, [_as_duties(one, layer) for one in found])
        if said:
            plan = _laid_over(plan, said, stratum[0])
    return plan


def strata(layers: tuple[Layer, ...]) -> list[list[Layer]]:
    """Return the layers in order, those that are one by ``JOIN`` together.

    Shadow layers stand alone, and nothing joins them.
    """
    found: list[list[Layer]] = []
    duty: list[Layer] | None = None
    for layer in layers:
        if duty and layer.combination is Combination.JOIN and not layer.is_shadow:
            duty.append(layer)
            continue
        found.append([layer])
        if not layer.is_shadow:
            duty = found[-1]
    return found


def _as_duties(piece: Piece, layer: Layer) -> Said:
    return Said(
        piece.starts_at,
        piece.ends_at,
        tuple([Duty(user, layer.name) for user in piece.users]),
    )


def _side_by_side(one: list[Said], other: list[Said]) -> list[Said]:
    """Return what two say where either does; where both do, they are together."""
    if not one or not other:
        return one or other
    edges = sorted({edge for said in (*one, *other) for edge in said[:2]})
    result: list[Said] = []
    first = second = 0
    for starts_at, ends_at in pairwise(edges):
        while first < len(one) and one[first].ends_at <= starts_at:
            first += 1
        while second < len(other) and other[second].ends_at <= starts_at:
            second += 1
        told = [
            said[place].duties
            for said, place in ((one, first), (other, second))
            if place < len(said) and said[place].starts_at <= starts_at
        ]
        if told:
            duties = told[0] if len(told) == 1 else _beside(told[0], told[1])
            result.append(Said(starts_at, ends_at, duties))
    return result


def _laid_over(plan: list[Tile], said: list[Said], layer: Layer) -> list[Tile]:
    """Return the plan with what a layer says laid over it; both are in order."""
    result: list[Tile] = []
    place = 0
    for tile in plan:
        at = tile.starts_at
        while place < len(said) and said[place].ends_at <= at:
            place += 1
        index = place
        while index < len(said) and said[index].starts_at < tile.ends_at:
            one = said[index]
            starts_at = max(at, one.starts_at)
            if at < starts_at:
                result.append(tile._replace(starts_at=at, ends_at=starts_at))
            at = min(tile.ends_at, one.ends_at)
            result.append(_told(tile, one.duties, layer, starts_at, at))
            index += 1
        if at < tile.ends_at:
            result.append(tile._replace(starts_at=at))
    return result


def _told(
    tile: Tile,
    new: tuple[Duty, ...],
    layer: Layer,
    starts_at: datetime,
    ends_at: datetime,
) -> Tile:
    """Return a part of a tile once the layer has said its piece there."""
    duties, shadows, intended = tile.duties, tile.shadows, tile.is_intended
    if layer.is_shadow:
        shadows = _beside(shadows, new)
    elif layer.combination is Combination.TOGETHER:
        duties = _beside(duties, new)
        intended = not duties
    else:
        duties, intended = new, not new
    if shadows:
        on_duty = {duty.user for duty in duties}
        shadows = tuple(one for one in shadows if one.user not in on_duty)
    return Tile(starts_at, ends_at, duties, shadows, intended)


def _beside(duties: tuple[Duty, ...], new: tuple[Duty, ...]) -> tuple[Duty, ...]:
    known = {duty.user for duty in duties}
    return duties + tuple(duty for duty in new if duty.user not in known)
