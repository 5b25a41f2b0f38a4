"""When the clocks of a zone change, and what that does to a wall-clock time."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handrail.core import wall_clock

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_NO = timedelta(0)


class ClockChange(NamedTuple):
    """The clocks go forward (``by`` is positive) or back at an instant, UTC."""

    at: datetime
    by: timedelta


def clock_changes(
    zone: ZoneInfo, start: datetime, end: datetime
) -> tuple[ClockChange, ...]:
    """Return the changes in ``(start, end]``, to the second, in order.

    Two changes within one day are told as one where they cancel each other, not at all.
    """
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple(
        change
        for change in _changes(zone, first, end.date().toordinal() + 1)
        if start < change.at <= end
    )


def is_skipped(naive: datetime, zone: ZoneInfo) -> bool:
    """Return whether the wall clock never reads this time."""
    return wall_clock.local(wall_clock.instant_of(naive, zone), zone) != naive


def is_repeated(naive: datetime, zone: ZoneInfo) -> bool:
    """Return whether the wall clock reads this time twice."""
    first, second = (
        naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    return second > first and not is_skipped(naive, zone)


@lru_cache(maxsize=1024)
def _changes(zone: ZoneInfo, first: datetime, last_day: int) -> tuple[ClockChange, ...]:
    found = []
    at = first
    while at.date().toordinal() <= last_day:
        following = at + _DAY
        by = _offset(following, zone) - _offset(at, zone)
        if by != _NO:
            found.append(ClockChange(_change_between(at, following, zone), by))
        at = following
    return tuple(found)


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    before = _offset(early, zone)
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if _offset(middle, zone) == before:
            early = middle
        else:
            late = middle
    return late


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
