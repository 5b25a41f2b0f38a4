"""What stands against shifts going from one to another now; nothing, when it can be."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover import stretch
from handrail.core.cover.agreement import Leg
from handrail.core.cover.fit import Objection, fit
from handrail.core.cover.new_override import with_new
from handrail.core.ids import Slug
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.rest_book import PersonShift
from handrail.core.schedule.schedule import Schedule


def obstacles(
    snapshot: Snapshot, legs: Sequence[Leg], *, now: datetime
) -> tuple[str, ...]:
    """Return why these shifts cannot change hands as one, a sentence each.

    They can where every giver is on call throughout, every taker is free and rested,
    and the overrides that this would make put exactly the takers there.
    """
    gone = [leg.schedule for leg in legs if leg.schedule not in snapshot.schedules]
    if gone:
        return tuple(f"there is no schedule {name} any more" for name in gone)
    schedules = snapshot.schedules
    early = [
        f"{_named(leg, schedules)} has begun" for leg in legs if leg.starts_at < now
    ]
    absent = [
        f"{leg.gives} is not on call throughout {_named(leg, schedules)}"
        for leg in legs
        if not is_on_call(
            schedules[leg.schedule], leg.gives, leg.starts_at, leg.ends_at
        )
    ]
    unfit = [one.why for one in objections(snapshot, legs) if one.is_final]
    found = [*early, *absent, *unfit]
    return tuple(found) or _mixed_up(snapshot, legs)


def is_on_call(
    schedule: Schedule, user: Slug, starts_at: datetime, ends_at: datetime
) -> bool:
    """Return whether somebody is on call all of the time."""
    return all(user in tile.users for tile in resolve(schedule, starts_at, ends_at))


def objections(snapshot: Snapshot, legs: Sequence[Leg]) -> tuple[Objection, ...]:
    """Return what speaks against the takers having these shifts, for what they give."""
    takers = dict.fromkeys(leg.takes for leg in legs)
    start = min(leg.starts_at for leg in legs)
    known = fit(snapshot, takers, start, max(leg.ends_at for leg in legs))
    return tuple(
        objection
        for taker in takers
        for objection in known.objections(
            taker,
            takes=[_shift(leg) for leg in legs if leg.takes == taker],
            gives=[_shift(leg) for leg in legs if leg.gives == taker],
        )
    )


def _shift(leg: Leg) -> PersonShift:
    return PersonShift(leg.schedule, leg.starts_at, leg.ends_at)


def _mixed_up(snapshot: Snapshot, legs: Sequence[Leg]) -> tuple[str, ...]:
    """Return where the overrides would not do what is agreed upon."""
    after = with_new(snapshot.schedules, [leg.override() for leg in legs])
    for leg in legs:
        given = {one.gives for one in legs} - {one.takes for one in legs}
        for tile in resolve(after[leg.schedule], leg.starts_at, leg.ends_at):
            if leg.takes not in tile.users or leg.gives in given & set(tile.users):
                named = _named(leg, snapshot.schedules)
                return (f"overrides cannot put {leg.takes} there: {named}",)
    return ()


def _named(leg: Leg, schedules: Mapping[Slug, Schedule]) -> str:
    zone = schedules[leg.schedule].time_zone
    return f"{leg.schedule} from {stretch.words(leg.starts_at, leg.ends_at, zone)}"
