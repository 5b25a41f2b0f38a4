"""Overrides applied to a plan, in the order in which they were created.

* *replace* puts its user in the place of everyone the layers (or an earlier
  replacement) put on duty; people who were added stay;
* *replace instead of X* does so for X alone, and nothing while X is not on duty;
* *add* puts its user beside the others;
* *remove* takes its user off duty; what it empties is an intended gap.
"""

from bisect import insort
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple, assert_never

from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Override, OverrideMode
from handrail.core.schedule.tile import Duty, Tile, duty_of, tile_of


def with_overrides(plan: Sequence[Tile], overrides: Sequence[Override]) -> list[Tile]:
    """Return the plan, cut where overrides begin and end, with them applied.

    The overrides are in the order of their beginning.
    """
    result: list[Tile] = []
    spells = _spells(overrides)
    place, last_place = 0, len(spells) - 1
    begins, ends, active = spells[0]
    for tile in plan:
        at, until = tile[0], tile[1]
        while at < until:
            while ends <= at and place < last_place:
                place += 1
                begins, ends, active = spells[place]
            if begins >= until or ends <= at:
                result.append(tile if at == tile[0] else tile_of((at, *tile[1:])))
                break
            if at < begins:
                result.append(tile_of((at, begins, *tile[2:])))
                at = begins
            last = min(until, ends)
            result.append(_applied(tile, active, at, last))
            at = last
    return result


class _Spell(NamedTuple):
    """A stretch in which the same overrides hold, one or more, in order of rank."""

    starts_at: datetime
    ends_at: datetime
    active: Sequence[Override]


def _spells(overrides: Sequence[Override]) -> list[_Spell]:
    """Return when which overrides hold, in order; they are in order of beginning."""
    result: list[_Spell] = []
    active: list[Override] = []
    edges = sorted({o.starts_at for o in overrides} | {o.ends_at for o in overrides})
    coming = 0
    for at, until in pairwise(edges):
        active = [one for one in active if one.ends_at > at]
        while coming < len(overrides) and overrides[coming].starts_at <= at:
            insort(active, overrides[coming], key=rank)
            coming += 1
        if active:
            result.append(_Spell(at, until, active))
    return result


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
        return (*duties, duty_of((user, None, override.name, True)))
    if mode is OverrideMode.REMOVE:
        return tuple([duty for duty in duties if duty.user != user])
    assert_never(mode)


def _applied(
    tile: Tile, active: Sequence[Override], starts_at: datetime, ends_at: datetime
) -> Tile:
    """Return a part of a tile with overrides applied; they are in order of rank."""
    _, _, planned, shadows, is_intended = tile
    duties = planned
    for override in active:
        duties = apply(duties, override)
    is_intended = not duties and (is_intended or bool(planned))
    return tile_of((starts_at, ends_at, duties, shadows, is_intended))


def _replaced(duties: tuple[Duty, ...], override: Override) -> tuple[Duty, ...]:
    """Return the duties with the override's user in the place it takes."""
    user = override.user
    stands_in = duty_of((user, None, override.name, False))
    if override.instead_of is None:
        kept = [stands_in]
        for duty in duties:
            if duty.is_added and duty.user != user:
                kept.append(duty)  # noqa: PERF401 - mostly none, and this is quicker
        return tuple(kept)
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
