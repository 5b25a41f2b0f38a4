"""Who is on duty over a stretch of time: layers combined, then overridden.

The one implementation of the rule: the live pager, the calendar, proofs, what-if and
back-tests all read its tiles.
"""

from collections.abc import Iterator
from datetime import datetime

from handrail.core.schedule.override import with_overrides
from handrail.core.schedule.schedule import Layer, Schedule
from handrail.core.schedule.stratum import beside, decided, strata, told
from handrail.core.schedule.tile import Tile, joined


def resolve(schedule: Schedule, start: datetime, end: datetime) -> tuple[Tile, ...]:
    """Return tiles that fill ``[start, end)`` exactly, in order; UTC.

    Neighbours never say the same, so that every inner edge is a change of the answer.
    An empty stretch has no tiles.
    """
    tiles = planned(schedule, start, end)
    near = schedule.overrides_within(start, end)
    if near:
        tiles = with_overrides(tiles, near)
    if any(tile.shadows for tile in tiles):
        tiles = [_apart(tile) for tile in tiles]
    return joined(tiles)


def _apart(tile: Tile) -> Tile:
    """Return the tile without those as shadows who are on duty themselves."""
    on_duty = set(tile.users)
    along = tuple([one for one in tile.shadows if one.user not in on_duty])
    return tile._replace(shadows=along)


def planned(schedule: Schedule, start: datetime, end: datetime) -> list[Tile]:
    """Return what the layers say in ``[start, end)``, before any override.

    Neighbours may say the same, and somebody may be on duty and shadow at once.
    """
    return [
        tile
        for first, last, layers in _revisions(schedule, start, end)
        for tile in _planned(layers, schedule.time_zone, first, last)
    ]


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
    """Return what the layers say together, tile by tile."""
    plan, holes = decided(strata(layers), time_zone, [(start, end)])
    if holes:
        plan += [Tile(starts_at, ends_at) for starts_at, ends_at in holes]
        plan.sort(key=_start)
    for layer in layers:
        if layer.is_shadow:
            plan = _shadowed(plan, layer, time_zone)
    return plan


def _start(tile: Tile) -> datetime:
    return tile.starts_at


def _shadowed(plan: list[Tile], layer: Layer, time_zone: str) -> list[Tile]:
    """Return the plan with those who go along; both are in order."""
    said = told([layer], time_zone, [(plan[0].starts_at, plan[-1].ends_at)])
    result: list[Tile] = []
    place = 0
    for tile in plan:
        at = tile.starts_at
        while place < len(said) and said[place].ends_at <= at:
            place += 1
        index = place
        while index < len(said) and said[index].starts_at < tile.ends_at:
            starts_at, ends_at, duties, *_ = said[index]
            if at < starts_at:
                result.append(tile._replace(starts_at=at, ends_at=starts_at))
                at = starts_at
            result.append(
                tile._replace(
                    starts_at=at,
                    ends_at=min(tile.ends_at, ends_at),
                    shadows=beside(tile.shadows, duties),
                )
            )
            at = result[-1].ends_at
            index += 1
        if at < tile.ends_at:
            result.append(tile._replace(starts_at=at))
    return result
