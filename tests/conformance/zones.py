"""An oracle for whole years in any zone: it walks the wall minute by minute.

It shares nothing with the code under test but the schedule it reads. The highest time
that the wall has shown so far says what has passed: what is skipped has passed too, and
what comes twice has passed already. Times are whole minutes: of UTC, or of the wall,
both counted from the same midnight.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from handrail.core.schedule.schedule import (
    Combination,
    Layer,
    OverrideMode,
    Rotation,
    RotationUnit,
    Schedule,
    Turns,
)

START = datetime(2024, 1, 1, tzinfo=UTC)
END = datetime(2029, 1, 1, tzinfo=UTC)
MIDNIGHT = START.replace(tzinfo=None)
MINUTE = timedelta(minutes=1)
MINUTES = (END - START) // MINUTE
QUARTER = 15
DAY, WEEK = 1440, 10080
UNITS = {RotationUnit.HOUR: 60, RotationUnit.DAY: DAY, RotationUnit.WEEK: WEEK}
BEFORE = 40 * DAY
"""Handoffs and windows are listed from so long before the first minute on."""

Offsets = tuple[tuple[int, int], ...]
"""From which minute on which offset holds, both in minutes."""
Run = tuple[int, int, frozenset[str]]
"""From which minute up to which these people are on duty."""


def offsets(name: str) -> Offsets:
    """Return a zone's offsets, looked at every minute in which they might change."""
    zone = ZoneInfo(name)

    def at(minute: int) -> int:
        found = (START + minute * MINUTE).astimezone(zone).utcoffset()
        assert found is not None
        return found // MINUTE

    found = [(-2 * DAY, at(-2 * DAY))]
    for quarter in range(-2 * DAY, MINUTES, QUARTER):
        if at(quarter + QUARTER) != found[-1][1]:
            minute = next(
                m
                for m in range(quarter, quarter + QUARTER + 1)
                if at(m) != found[-1][1]
            )
            found.append((minute, at(minute)))
    return tuple(found)


@dataclass(slots=True)
class Spoken:
    """What one layer says, by wall-clock minute.

    Attributes:
        edges: From which minute on it says the party beside it; None: silent.
    """

    edges: list[int]
    parties: list[tuple[str, ...] | None]

    def at(self, wall: int) -> tuple[str, ...] | None:
        return self.parties[bisect_right(self.edges, wall) - 1]


def walk(schedules: list[Schedule], table: Offsets) -> list[list[Run]]:
    """Return who is on duty by each schedule, in runs, walking every minute."""
    spoken = [
        [(layer, _spoken(layer)) for layer in one.revisions[0].layers]
        for one in schedules
    ]
    marks = sorted(
        {edge for layers in spoken for _, said in layers for edge in said.edges}
    )
    turns_of_utc = [*sorted(_utc_marks(schedules)), MINUTES + 1]
    marks.append(marks[-1] + 100 * 366 * DAY)
    runs: list[list[tuple[int, frozenset[str]]]] = [[] for _ in schedules]
    highest = next_mark = -(10**9)
    next_utc = turns_of_utc[0]
    for (first, offset), (last, _) in pairwise((*table, (MINUTES, 0))):
        for minute in range(first, last):
            wall = minute + offset
            highest = max(highest, wall)
            if minute < 0 or (highest < next_mark and minute < next_utc and runs[0]):
                continue
            next_mark = marks[bisect_right(marks, highest)]
            next_utc = turns_of_utc[bisect_right(turns_of_utc, minute)]
            for place, schedule in enumerate(schedules):
                people = _people(schedule, spoken[place], highest, minute)
                if not runs[place] or runs[place][-1][1] != people:
                    runs[place].append((minute, people))
    return [
        [
            (begins, ends, people)
            for (begins, people), (ends, _) in pairwise((*one, (MINUTES, frozenset())))
        ]
        for one in runs
    ]


def _people(
    schedule: Schedule, spoken: list[tuple[Layer, Spoken]], wall: int, minute: int
) -> frozenset[str]:
    people: list[str] = []
    has_head = False
    for layer, said in spoken:
        if layer.combination is not Combination.JOIN:
            has_head = False
        party = said.at(wall)
        if party is None:
            continue
        if layer.combination is not Combination.TOGETHER and not has_head:
            people = []
        has_head = True
        people += party
    return _relieved(schedule, people, minute)


def _relieved(schedule: Schedule, people: list[str], minute: int) -> frozenset[str]:
    """Return who is on duty after the overrides of a minute."""
    added: list[str] = []
    for override in sorted(schedule.overrides, key=lambda one: one.order):
        if not _minute(override.starts_at) <= minute < _minute(override.ends_at):
            continue
        user = override.user
        if override.mode is OverrideMode.ADD:
            added += [] if user in (*people, *added) else [user]
            continue
        added = [name for name in added if name != user]
        if override.mode is OverrideMode.REPLACE:
            people = [user]
        else:
            people = [name for name in people if name != user]
    return frozenset((*people, *added))


def _utc_marks(schedules: list[Schedule]) -> set[int]:
    return {
        _minute(edge)
        for schedule in schedules
        for override in schedule.overrides
        for edge in (override.starts_at, override.ends_at)
    }


def _minute(at: datetime) -> int:
    return (at - START) // MINUTE


def _spoken(layer: Layer) -> Spoken:
    """List what a layer says as the wall passes, without any zone."""
    assert layer.rotation is not None
    hours = list(_hours(layer)) if layer.windows else [(-BEFORE, MINUTES + BEFORE)]
    rotation = layer.rotation
    turns: list[tuple[int, int, tuple[str, ...]]] = []
    turn = 0
    for begins, ends in pairwise(_handoffs(rotation)):
        until = ends
        if rotation.lasts is not None:
            until = min(ends, begins + rotation.lasts // MINUTE)
        is_open = any(last > begins for _, last in _near(hours, begins, until))
        if layer.turns is Turns.ONLY_ACTIVE and not is_open:
            continue
        party = rotation.participants[turn % len(rotation.participants)]
        turns.append((begins, until, party))
        turn += 1
    edges = {-(10**8)}
    edges |= {edge for one in turns for edge in one[:2]}
    edges |= {edge for one in hours for edge in one}
    ordered = sorted(edges)
    starts, opens = [one[0] for one in turns], [one[0] for one in hours]
    parties: list[tuple[str, ...] | None] = []
    for edge in ordered:
        place, hour = bisect_right(starts, edge) - 1, bisect_right(opens, edge) - 1
        speaks = place >= 0 and edge < turns[place][1]
        speaks = speaks and hour >= 0 and edge < hours[hour][1]
        parties.append(turns[place][2] if speaks else None)
    return Spoken(ordered, parties)


def _near(
    hours: list[tuple[int, int]], begins: int, ends: int
) -> Iterator[tuple[int, int]]:
    place = max(bisect_right(hours, (begins, 0)) - 2, 0)
    while place < len(hours) and hours[place][0] < ends:
        yield hours[place]
        place += 1


def _handoffs(rotation: Rotation) -> Iterator[int]:
    """Yield handoffs from the first on, in minutes of the wall."""
    first = datetime.combine(rotation.starts_on, rotation.handoff)
    count = at = 0
    number = 0
    while at < MINUTES + BEFORE:
        if rotation.unit in UNITS:
            at = (first - MIDNIGHT) // MINUTE + count * UNITS[rotation.unit]
        else:
            months = first.year * 12 + first.month - 1 + count
            month = date(months // 12, months % 12 + 1, 1)
            day = datetime.combine(month, time(0)) + timedelta(days=first.day - 1)
            at = (datetime.combine(day, rotation.handoff) - MIDNIGHT) // MINUTE
        yield at
        count += rotation.lengths[number % len(rotation.lengths)]
        number += 1


def _hours(layer: Layer) -> Iterator[tuple[int, int]]:
    """Yield when the windows are open on the wall, as few as can be."""
    monday = -MIDNIGHT.weekday() * DAY - BEFORE // WEEK * WEEK
    found: list[tuple[int, int]] = []
    while monday < MINUTES + BEFORE:
        for window in layer.windows:
            opens = monday + window.weekday * DAY + window.opens_after // MINUTE
            found.append((opens, opens + window.length // MINUTE))
        monday += WEEK
    found.sort()
    going = found[0]
    for opens, closes in found[1:]:
        if opens <= going[1]:
            going = going[0], max(going[1], closes)
        else:
            yield going
            going = opens, closes
    yield going
