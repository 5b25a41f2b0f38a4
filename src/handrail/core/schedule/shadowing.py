"""Where an override changes nothing, and which later one is to blame for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from handrail.core.ids import Slug
from handrail.core.schedule.override import apply, rank
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import Override, Schedule
from handrail.core.schedule.tile import Duty

Duties = tuple[Duty, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadowing:
    """A stretch ``[starts_at, ends_at)``, UTC, in which an override changes nothing.

    Attributes:
        by: The later override that undoes it; none where there was nothing to change:
            who is to be relieved is not on duty, or the user is on duty anyway.
    """

    starts_at: datetime
    ends_at: datetime
    by: Slug | None


def shadowings(
    schedule: Schedule, override: Override, *, since: datetime, until: datetime
) -> tuple[Shadowing, ...]:
    """Return where one of the schedule's overrides changes nothing, in order.

    Args:
        schedule: Has the override among its own.
        override: Is looked at.
        since: UTC, inclusive; earlier parts are not looked at.
        until: UTC, exclusive; later parts are not looked at.
    """
    start, end = max(override.starts_at, since), min(override.ends_at, until)
    if start >= end:
        return ()
    near = sorted(
        (o for o in schedule.overrides if o.starts_at < end and o.ends_at > start),
        key=rank,
    )
    found: list[Shadowing] = []
    for duties, starts_at, ends_at in _pieces(schedule, near, start, end):
        active = [o for o in near if o.starts_at <= starts_at < o.ends_at]
        is_idle, by = _judged(duties, override, active)
        if not is_idle:
            continue
        last = found[-1] if found else None
        if last and last.ends_at == starts_at and last.by == by:
            found[-1] = replace(last, ends_at=ends_at)
        else:
            found.append(Shadowing(starts_at=starts_at, ends_at=ends_at, by=by))
    return tuple(found)


def _pieces(
    schedule: Schedule, near: Sequence[Override], start: datetime, end: datetime
) -> Iterator[tuple[Duties, datetime, datetime]]:
    """Yield what the layers say, cut also where any override begins or ends."""
    edges = sorted({at for o in near for at in (o.starts_at, o.ends_at)})
    place = 0
    for tile in resolve(replace(schedule, overrides=()), start, end):
        while place < len(edges) and edges[place] <= tile.starts_at:
            place += 1
        first = place
        while place < len(edges) and edges[place] < tile.ends_at:
            place += 1
        cuts = [tile.starts_at, *edges[first:place], tile.ends_at]
        for starts_at, ends_at in pairwise(cuts):
            yield tile.duties, starts_at, ends_at


def _judged(
    duties: Duties, override: Override, active: Sequence[Override]
) -> tuple[bool, Slug | None]:
    """Return whether it makes no difference in the end, and who is to blame."""
    place = next(n for n, one in enumerate(active) if one.name == override.name)
    for one in active[:place]:
        duties = apply(duties, one)
    done, undone = apply(duties, override), duties
    by: Slug | None = None
    is_same = _users(done) == _users(undone)
    for later in active[place + 1 :]:
        done, undone = apply(done, later), apply(undone, later)
        was_same, is_same = is_same, _users(done) == _users(undone)
        if is_same and not was_same:
            by = later.name
    return is_same, by


def _users(duties: Duties) -> tuple[Slug, ...]:
    return tuple(duty.user for duty in duties)
