"""An oracle that shares nothing with the code: it looks at the wall every minute.

The highest wall-clock time seen so far says how many handoffs have passed and which
windows are open: what was skipped has passed too, and what repeats has passed already.
It counts turns one by one and keeps people in plain lists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handrail.core.ids import Slug
from handrail.core.schedule.schedule import (
    Combination,
    Layer,
    Override,
    OverrideMode,
    Rotation,
    RotationUnit,
    Schedule,
    Turns,
    Window,
)

People = list[tuple[Slug, bool]]
MINUTE = timedelta(minutes=1)
HOURS = {RotationUnit.HOUR: 1, RotationUnit.DAY: 24, RotationUnit.WEEK: 168}


@dataclass(frozen=True, slots=True)
class Seen:
    """Who is on duty in one minute, and who goes along; order does not matter."""

    users: frozenset[Slug]
    shadows: frozenset[Slug]


def watch(
    schedule: Schedule, start: datetime, end: datetime
) -> Iterator[tuple[datetime, Seen]]:
    """Yield what holds at every minute of ``[start, end)``."""
    layers = [layer for one in schedule.revisions for layer in one.layers]
    own = {layer.time_zone for layer in layers}
    own |= {layer.rotation.time_zone for layer in layers if layer.rotation is not None}
    names = {schedule.time_zone} | own
    zones = {name: ZoneInfo(name) for name in names if name is not None}
    at = start - timedelta(days=2)
    highest = {
        name: at.astimezone(zone).replace(tzinfo=None) for name, zone in zones.items()
    }
    while at < end:
        for name, zone in zones.items():
            highest[name] = max(highest[name], _reads(at, zone))
        if at >= start:
            yield at, _at(schedule, at, highest)
        at += MINUTE


def _at(schedule: Schedule, at: datetime, highest: dict[str, datetime]) -> Seen:
    people: People = []
    has_spoken = False
    head: Combination | None = None
    shadows: set[Slug] = set()
    for layer in _layers_at(schedule, at):
        said = _said(layer, at, highest, schedule.time_zone)
        if layer.is_shadow:
            shadows |= set(said or ())
            continue
        if layer.combination is not Combination.JOIN or head is None:
            head, has_spoken = layer.combination, False
        if said is None:
            continue
        has_spoken = has_spoken or head is Combination.TOGETHER
        people = people if has_spoken else []
        has_spoken = True
        people = [*people, *[(name, False) for name in said]]
    for override in sorted(schedule.overrides, key=lambda o: o.order):
        if override.starts_at <= at < override.ends_at:
            people = _after(override, people)
    users = frozenset(name for name, _ in people)
    return Seen(users, frozenset(shadows) - users)


def _layers_at(schedule: Schedule, at: datetime) -> tuple[Layer, ...]:
    layers: tuple[Layer, ...] = ()
    for revision in schedule.revisions:
        if revision.effective_from is None or at >= revision.effective_from:
            layers = revision.layers
    return layers


def _reads(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _after(override: Override, people: People) -> People:
    """Return the people, each with whether they were added, once it is applied."""
    user, known = override.user, [name for name, _ in people]
    if override.mode is OverrideMode.REMOVE:
        return [one for one in people if one[0] != user]
    if override.mode is OverrideMode.ADD:
        return people if user in known else [*people, (user, True)]
    if override.instead_of is None:
        return [one for one in people if one[1] and one[0] != user] + [(user, False)]
    if override.instead_of not in known:
        return people
    gone = {override.instead_of, user}
    return [one for one in people if one[0] not in gone] + [(user, False)]


def _said(
    layer: Layer, at: datetime, highest: dict[str, datetime], time_zone: str
) -> tuple[Slug, ...] | None:
    wall = highest[layer.time_zone or time_zone]
    if layer.starts_at is not None and at < layer.starts_at:
        return None
    if layer.ends_at is not None and at >= layer.ends_at:
        return None
    if any(one.starts_at <= at < one.ends_at for one in layer.holidays):
        return None
    if layer.windows and not any(_is_open(one, wall) for one in layer.windows):
        return None
    if layer.rotation is None:
        found = [s.users for s in layer.shifts if s.starts_at <= at < s.ends_at]
        return tuple(name for users in found for name in users) if found else None
    own = layer.rotation.time_zone
    return _turn(layer.rotation, layer, wall if own is None else highest[own])


def _is_open(window: Window, wall: datetime) -> bool:
    return any(start <= wall < end for start, end in _openings(window, wall))


def _openings(window: Window, wall: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield when a window opens and closes on the wall, some days around a time."""
    for days in range(-9, 10):
        day = wall.date() + timedelta(days=days)
        if day.weekday() == window.weekday:
            closing = day + timedelta(days=window.days)
            yield (
                datetime.combine(day, window.start),
                datetime.combine(closing, window.end),
            )


Period = tuple[datetime, datetime, tuple[Slug, ...] | None]
_counted: dict[Layer, Period] = {}
"""The period counted to last, by layer, so that a watch counts to it once."""


def _turn(rotation: Rotation, layer: Layer, wall: datetime) -> tuple[Slug, ...] | None:
    """Return whose period the wall is in; ``None`` in one that uses up no turn."""
    period = _counted.get(layer)
    if period is None or not period[0] <= wall < period[1]:
        period = _counted[layer] = _period(rotation, layer, wall)
    if rotation.lasts is not None and wall >= period[0] + rotation.lasts:
        return None
    return period[2]


def _period(rotation: Rotation, layer: Layer, wall: datetime) -> Period:
    """Count periods from the first to the one the wall is in."""
    starts = datetime.combine(rotation.starts_on, rotation.handoff)
    number = turn = units = 0

    def edges() -> tuple[datetime, datetime]:
        length = rotation.lengths[number % len(rotation.lengths)]
        return (
            _later(starts, rotation.unit, units),
            _later(starts, rotation.unit, units + length),
        )

    while wall >= edges()[1]:
        turn += _uses_up_a_turn(layer, *edges())
        units += rotation.lengths[number % len(rotation.lengths)]
        number += 1
    while wall < edges()[0]:
        number -= 1
        units -= rotation.lengths[number % len(rotation.lengths)]
        turn -= _uses_up_a_turn(layer, *edges())
    people = rotation.participants
    said = people[turn % len(people)] if people else ()
    return *edges(), said if _uses_up_a_turn(layer, *edges()) else None


def _uses_up_a_turn(layer: Layer, start: datetime, end: datetime) -> bool:
    if layer.turns is Turns.ALWAYS or not layer.windows:
        return True
    if layer.rotation is not None and layer.rotation.lasts is not None:
        if layer.rotation.unit is RotationUnit.MONTH:
            return True
        end = min(end, start + layer.rotation.lasts)
    return _meets(layer.windows, start, end)


def _meets(windows: tuple[Window, ...], start: datetime, end: datetime) -> bool:
    """Say whether a window is open at some time of a stretch, day by day."""
    day = start
    while day < end + timedelta(days=1):
        for window in windows:
            for opens, closes in _openings(window, day):
                if opens < end and closes > start:
                    return True
        day += timedelta(days=1)
    return False


def _later(starts: datetime, unit: RotationUnit, count: int) -> datetime:
    if unit in HOURS:
        return starts + timedelta(hours=HOURS[unit] * count)
    months = starts.year * 12 + starts.month - 1 + count
    first = starts.replace(year=months // 12, month=months % 12 + 1, day=1)
    return first + timedelta(days=starts.day - 1)
