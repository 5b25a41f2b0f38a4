"""Nights and weekends of a person: wall-clock times of their zone, as instants.

Each local date has one night, which begins on it; a night across a change of the clocks
is an hour longer or shorter, and still one night.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.schedule.restriction import Stretch

_DAY = timedelta(days=1)
_SATURDAY = 5
_MARGIN = timedelta(days=3)
"""Zones have skipped a day; a night or weekend may have begun before the stretch."""


@dataclass(frozen=True, slots=True)
class NightHours:
    """When a person should sleep, local, ``[start, end)``.

    Attributes:
        start: Local time on the date the night is named after.
        end: Local time; of the next day where it is not after ``start``.
    """

    start: time = time(22)
    end: time = time(6)


@dataclass(frozen=True, slots=True)
class Day:
    """A local date and the instants that count for it, ``[starts_at, ends_at)``."""

    date: date
    starts_at: datetime
    ends_at: datetime


def nights(
    hours: NightHours, zone: ZoneInfo, start: datetime, end: datetime
) -> tuple[Day, ...]:
    """Return every night that overlaps ``[start, end)``, in order, uncut."""
    first, last = _dates(zone, start, end)
    return tuple(_overlapping(_nights(hours, zone, first, last), start, end))


def weekends(zone: ZoneInfo, start: datetime, end: datetime) -> tuple[Day, ...]:
    """Return every weekend that overlaps ``[start, end)``, by its Saturday, uncut.

    A weekend is Saturday 00:00 to Monday 00:00 on the wall clock.
    """
    first, last = _dates(zone, start, end)
    return tuple(_overlapping(_weekends(zone, first, last), start, end))


def touched(stretches: Iterable[Stretch], days: Iterable[Day]) -> list[Day]:
    """Return the days of which any time lies in the stretches; both are in order."""
    spans = list(stretches)
    found, place = [], 0
    for day in days:
        while place < len(spans) and spans[place][1] <= day.starts_at:
            place += 1
        if place < len(spans) and spans[place][0] < day.ends_at:
            found.append(day)
    return found


def _dates(zone: ZoneInfo, start: datetime, end: datetime) -> tuple[date, date]:
    """Return the first and last date to look at, whole months for the cache's sake."""
    first = wall_clock.local(start - _MARGIN, zone).date().replace(day=1)
    last = wall_clock.local(end, zone).date()
    return first, (last.replace(day=1) + timedelta(days=32)).replace(day=1)


@lru_cache(maxsize=512)
def _nights(
    hours: NightHours, zone: ZoneInfo, first: date, last: date
) -> tuple[Day, ...]:
    span = 0 if hours.end > hours.start else 1
    found = []
    day = first
    while day < last:
        starts_at = wall_clock.instant(day, hours.start, zone)
        ends_at = wall_clock.instant(day + span * _DAY, hours.end, zone)
        if starts_at < ends_at:
            found.append(Day(day, starts_at, ends_at))
        day += _DAY
    return tuple(found)


@lru_cache(maxsize=512)
def _weekends(zone: ZoneInfo, first: date, last: date) -> tuple[Day, ...]:
    day = first + (_SATURDAY - first.weekday()) % 7 * _DAY
    found = []
    while day < last:
        starts_at = wall_clock.instant(day, time(0), zone)
        ends_at = wall_clock.instant(day + 2 * _DAY, time(0), zone)
        found.append(Day(day, starts_at, ends_at))
        day += 7 * _DAY
    return tuple(found)


def _overlapping(days: Iterable[Day], start: datetime, end: datetime) -> Iterator[Day]:
    return (day for day in days if day.starts_at < end and day.ends_at > start)
