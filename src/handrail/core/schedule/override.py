"""Overrides applied to a plan, in the order in which they were created.

* *replace* puts its user in the place of everyone the layers (or an earlier
  replacement) put on duty; people who were added stay;
* *replace instead of X* does so for X alone, and nothing while X is not on duty;
* *add* puts its user beside the others;
* *remove* takes its user off duty; what it empties is an intended gap.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import assert_never

from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Override, OverrideMode
from handrail.core.schedule.tile import Duty, Tile, tile_of

_FOREVER = datetime.max.replace(tzinfo=UTC)


def with_overrides(plan: Sequence[Tile], overrides: Sequence[Override]) -> list[Tile]:
    """Return the plan, cut where overrides begin and end, with them applied.

    The overrides are in the order of their beginning.
    """
    edges = sorted({o.starts_at for o in overrides} | {o.ends_at for o in overrides})
    edges.append(_FOREVER)
    result: list[Tile] = []
    active: list[Override] = []
    coming = place = 0
    for tile in plan:
        at, last = tile.starts_at, tile.ends_at
        while at < last:
            if at >= edges[place]:
                place = bisect_right(edges, at, lo=place)
                begun = bisect_right(overrides, at, lo=coming, key=_start)
                active = _active_at(at, active, overrides[coming:begun])
                coming = begun
            until = min(edges[place], last)
            if active:
                result.append(_applied(tile, active, at, until))
            elif at == tile.starts_at and until == last:
                result.append(tile)
            else:
                result.append(tile_of((at, until, *tile[2:])))
            at = until
    return result


def _active_at(
    at: datetime, before: list[Override], begun: Sequence[Override]
) -> list[Override]:
    """Return which overrides hold, in order of rank."""
    active = [one for one in before if one.ends_at > at]
    for one in begun:
        if one.ends_at <= at:
            continue
        if active:
            insort(active, one, key=rank)
        else:
            active.append(one)
    return active


def _start(override: Override) -> datetime:
    return override.starts_at


def rank(override: Override) -> tuple[int, Slug]:
    """Return the order of creation; the name settles what should not be equal."""
    return override.order, override.name


def apply(duties: tuple[Duty, ...], override: Override) -> tuple[Duty, ...]:
    """Return who is on duty once one override is applied."""
    mode, user = override.mode, override.user
    if mode is OverrideMode.REPLACE:
        return _replaced(duties, override)
    if mode is OverrideMode.ADD:
        for duty in duties:
            if duty.user == user:
                return duties
        return (*duties, Duty(user, None, override.name, is_added=True))
    if mode is OverrideMode.REMOVE:
        return tuple([duty for duty in duties if duty.user != user])
    assert_never(mode)


def _applied(
    tile: Tile, active: Sequence[Override], starts_at: datetime, ends_at: datetime
) -> Tile:
    """Return a part of a tile with overrides applied; they are in order of rank."""
    duties = tile.duties
    for override in active:
        duties = apply(duties, override)
    is_intended = not duties and (tile.is_intended or bool(tile.duties))
    return tile_of((starts_at, ends_at, duties, tile.shadows, is_intended))


def _replaced(duties: tuple[Duty, ...], override: Override) -> tuple[Duty, ...]:
    """Return the duties with the override's user in the place it takes."""
    user = override.user
    stands_in = Duty(user, None, override.name)
    if override.instead_of is None:
        added = [d for d in duties if d.is_added and d.user != user]
        return (stands_in, *added)
    if override.instead_of not in _users(duties):
        return duties
    return tuple(_without_repeats(duties, stands_in, relieved=override.instead_of))


def _without_repeats(
    duties: tuple[Duty, ...], stands_in: Duty, *, relieved: Slug
) -> Iterator[Duty]:
    """Yield the duties with one in another's place; who had their own gives it up."""
    for duty in duties:
        if duty.user == relieved:
            yield stands_in
        elif duty.user != stands_in.user:
            yield duty


def _users(duties: tuple[Duty, ...]) -> set[Slug]:
    return {duty.user for duty in duties}
