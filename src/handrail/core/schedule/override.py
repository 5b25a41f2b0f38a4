"""Overrides applied to a plan, in the order in which they were created.

* *replace* puts its user in the place of everyone the layers (or an earlier
  replacement) put on duty; people who were added stay;
* *replace instead of X* does so for X alone, and nothing while X is not on duty;
* *add* puts its user beside the others;
* *remove* takes its user off duty; what it empties is an intended gap.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import assert_never

from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Override, OverrideMode
from handrail.core.schedule.tile import Duty, Tile


def with_overrides(plan: Sequence[Tile], overrides: Sequence[Override]) -> list[Tile]:
    """Return the plan, cut where overrides begin and end, with them applied."""
    ranked = sorted(overrides, key=lambda o: o.starts_at)
    edges = sorted({o.starts_at for o in ranked} | {o.ends_at for o in ranked})
    result: list[Tile] = []
    active: list[Override] = []
    coming = place = 0
    for tile in plan:
        while place < len(edges) and edges[place] <= tile.starts_at:
            place += 1
        first = place
        while place < len(edges) and edges[place] < tile.ends_at:
            place += 1
        cuts = [tile.starts_at, *edges[first:place], tile.ends_at]
        for starts_at, ends_at in pairwise(cuts):
            while coming < len(ranked) and ranked[coming].starts_at <= starts_at:
                active.append(ranked[coming])
                coming += 1
            active = [o for o in active if o.ends_at > starts_at]
            result.append(_applied(tile, active, starts_at, ends_at))
    return result


def rank(override: Override) -> tuple[int, Slug]:
    """Return the order of creation; the name settles what should not be equal."""
    return override.order, override.name


def apply(duties: tuple[Duty, ...], override: Override) -> tuple[Duty, ...]:
    """Return who is on duty once one override is applied."""
    user, name = override.user, override.name
    match override.mode:
        case OverrideMode.REPLACE:
            return _replaced(duties, override)
        case OverrideMode.ADD:
            if user in _users(duties):
                return duties
            return (*duties, Duty(user=user, override=name, is_added=True))
        case OverrideMode.REMOVE:
            return tuple(duty for duty in duties if duty.user != user)
        case _:
            assert_never(override.mode)


def _applied(
    tile: Tile, active: Sequence[Override], starts_at: datetime, ends_at: datetime
) -> Tile:
    if not active:
        return tile._replace(starts_at=starts_at, ends_at=ends_at)
    duties = tile.duties
    for override in sorted(active, key=rank):
        duties = apply(duties, override)
    on_duty = _users(duties)
    return Tile(
        starts_at=starts_at,
        ends_at=ends_at,
        duties=duties,
        shadows=tuple(one for one in tile.shadows if one.user not in on_duty),
        is_intended=not duties and (tile.is_intended or bool(tile.duties)),
    )


def _replaced(duties: tuple[Duty, ...], override: Override) -> tuple[Duty, ...]:
    """Return the duties with the override's user in the place it takes."""
    stands_in = Duty(user=override.user, override=override.name)
    if override.instead_of is None:
        added = (d for d in duties if d.is_added and d.user != override.user)
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
