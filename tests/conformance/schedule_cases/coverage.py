"""Who holds which times, to compare with what a peer recorded."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import Schedule
from handrail.core.schedule.tile import Duty

Stretch = tuple[datetime, datetime]
Held = dict[str, list[Stretch]]


def merged(
    stretches: Iterable[Stretch], *, apart: timedelta = timedelta(0)
) -> list[Stretch]:
    """Return sorted stretches; those that overlap, or are no further apart, as one."""
    found: list[Stretch] = []
    for starts_at, ends_at in sorted(stretches):
        if found and starts_at - found[-1][1] <= apart:
            found[-1] = (found[-1][0], max(found[-1][1], ends_at))
        else:
            found.append((starts_at, ends_at))
    return found


def duties(
    schedule: Schedule, start: datetime, end: datetime
) -> dict[Duty, list[Stretch]]:
    """Return what everybody holds within ``[start, end)``, by what put them there."""
    found: dict[Duty, list[Stretch]] = {}
    for tile in resolve(schedule, start, end):
        for duty in tile.duties:
            found.setdefault(duty, []).append((tile.starts_at, tile.ends_at))
    return {duty: merged(stretches) for duty, stretches in found.items()}


def held(schedule: Schedule, start: datetime, end: datetime) -> Held:
    """Return what everybody holds within ``[start, end)``, whatever put them there."""
    found: Held = {}
    for duty, stretches in duties(schedule, start, end).items():
        found.setdefault(duty.user, []).extend(stretches)
    return {user: merged(stretches) for user, stretches in found.items()}


def gaps(schedule: Schedule, start: datetime, end: datetime) -> list[Stretch]:
    """Return when nobody is on duty within ``[start, end)`` and it is not meant."""
    return merged(
        (tile.starts_at, tile.ends_at)
        for tile in resolve(schedule, start, end)
        if not tile.duties and not tile.is_intended
    )
