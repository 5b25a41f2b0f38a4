"""Two configurations compared: what the change from one to the other means for people.

Only schedules that differ are resolved, so that the cost is the change's and not the
installation's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from handrail.core.configuration.consequence import cover, handover
from handrail.core.configuration.consequence.consequence import (
    Consequence,
    Consequences,
    ranked,
)
from handrail.core.configuration.consequence.later import later
from handrail.core.configuration.consequence.people import people
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.schedule.difference import Difference, difference
from handrail.core.schedule.override import rank
from handrail.core.schedule.schedule import (
    Layer,
    Override,
    Party,
    Revision,
    Schedule,
)

HORIZON = timedelta(weeks=12)
"""How far ahead shifts are compared."""
COMPARED_MAX = 1000
"""Changed schedules that are compared; a change of more is a new installation."""
LATER_MAX = 100
"""Changed schedules that nobody feels by then, of which it is told when they do."""

Renames = Mapping[tuple[str, Slug], Slug]
"""From kind and former name to the new name."""
Pair = tuple[Schedule | None, Schedule | None]


def consequences(
    before: Snapshot,
    after: Snapshot,
    *,
    now: datetime,
    renames: Renames | None = None,
    open_pages: Mapping[Slug, int] | None = None,
    also: Iterable[Consequence] = (),
) -> Consequences:
    """Return what the change means for people, the most important first.

    Args:
        before: What is in force.
        after: What would be.
        now: The present instant, UTC; the past is not compared.
        renames: Documents that only get another name.
        open_pages: How many open pages' policies lead to a schedule, by its name
            before the change.
        also: Others that were found, to be told among them.
    """
    until = now + HORIZON
    pairs = changed_schedules(before, after, renames or {})
    looked_at = dict(list(pairs.items())[:COMPARED_MAX])
    compared: dict[Slug, Difference] = {
        name: difference(*pair, now, until) for name, pair in looked_at.items()
    }
    found = [
        *also,
        *cover.unreachable(before, after, compared, now),
        *cover.nobody(before, after),
        *people(compared, after),
    ]
    for name, (old, new) in looked_at.items():
        found += _of_schedule(old, new, compared[name], now, open_pages or {})
    named = {one.schedule for one in found}
    unfelt = [
        name for name, one in compared.items() if one.is_empty and name not in named
    ]
    for name in unfelt[:LATER_MAX]:
        found += later(*looked_at[name], until)
    return ranked(found, not_compared=len(pairs) - len(looked_at), until=until)


def changed_schedules(
    before: Snapshot, after: Snapshot, renames: Renames
) -> dict[Slug, Pair]:
    """Return the schedules that differ in more than their name or title, by name.

    Those that are gone stand under the name they had.
    """
    former = {new: old for (kind, old), new in renames.items() if kind == "schedule"}
    people_ = {old: new for (kind, old), new in renames.items() if kind == "user"}
    found: dict[Slug, Pair] = {}
    seen = set()
    for name, new in after.schedules.items():
        known_as = former.get(name, name)
        old = before.schedules.get(known_as)
        if old is not None:
            seen.add(known_as)
            if old is new or old == new:
                continue
            old = _with_people(old, people_)
            if _bare(old) == _bare(new):
                continue
        found[name] = old, new
    for name, old in before.schedules.items():
        if name not in seen:
            found[name] = old, None
    return found


def _of_schedule(
    old: Schedule | None,
    new: Schedule | None,
    compared: Difference,
    now: datetime,
    open_pages: Mapping[Slug, int],
) -> Iterator[Consequence]:
    if old is not None:
        pages = open_pages.get(old.name, 0)
        yield from cover.on_call_now(old, new, now, open_pages=pages)
    if new is None:
        return
    yield from cover.gaps(new, compared, is_new=old is None)
    if old is not None:
        yield from handover.moves(new, compared.moved)
    yield from handover.clocks(old, new, now)


def _bare(schedule: Schedule) -> Schedule:
    """Return the schedule without what has no effect on who is on call.

    Of overrides only their order counts, whatever the numbers that say it.
    """
    ordered = sorted(schedule.overrides, key=rank)
    return replace(
        schedule,
        name=Slug(""),
        title="",
        notices=None,
        overrides=tuple(
            replace(one, name=Slug(""), order=place)
            for place, one in enumerate(ordered)
        ),
    )


def _with_people(schedule: Schedule, renamed: Mapping[Slug, Slug]) -> Schedule:
    """Return the schedule with people under their new names."""
    if not any(name in renamed for name in schedule.people):
        return schedule

    def new(name: Slug) -> Slug:
        return renamed.get(name, name)

    return replace(
        schedule,
        revisions=tuple(_revision(one, new) for one in schedule.revisions),
        overrides=tuple(_override(one, new) for one in schedule.overrides),
    )


def _revision(revision: Revision, new: Callable[[Slug], Slug]) -> Revision:
    return replace(
        revision, layers=tuple(_layer(layer, new) for layer in revision.layers)
    )


def _layer(layer: Layer, new: Callable[[Slug], Slug]) -> Layer:
    def party(one: Party) -> Party:
        return tuple(map(new, one))

    rotation = layer.rotation
    if rotation is not None:
        participants = tuple(map(party, rotation.participants))
        rotation = replace(rotation, participants=participants)
    shifts = tuple(replace(one, users=party(one.users)) for one in layer.shifts)
    return replace(layer, rotation=rotation, shifts=shifts)


def _override(override: Override, new: Callable[[Slug], Slug]) -> Override:
    relieved = override.instead_of
    return replace(
        override,
        user=new(override.user),
        instead_of=None if relieved is None else new(relieved),
    )
