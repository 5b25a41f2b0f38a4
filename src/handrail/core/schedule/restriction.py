"""When a layer counts: windows of the week, and which turns they leave.

Windows are wall-clock times; each becomes a stretch of instants by the rule of
``core.wall_clock``. Which turns a restriction uses up is decided on the wall clock
alone, so that a clock change never shifts everybody's turn by one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from math import gcd
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.schedule.rotation import unit_length, wall_handoff
from handrail.core.schedule.schedule import WEEK, Rotation, RotationUnit, Window

Stretch = tuple[datetime, datetime]
"""``[start, end)``, UTC."""

_Hours = tuple[timedelta, timedelta]
"""From when to when, since midnight of a Monday."""

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def stretches(
    windows: tuple[Window, ...], zone: ZoneInfo, start: datetime, end: datetime
) -> list[Stretch]:
    """Return when any window is open within ``[start, end)``, sorted and disjoint."""
    week = _week(windows)
    monday = _monday(wall_clock.local(start, zone) - week[-1][1])
    # A day more: clocks that went back read less at the end than a while before it.
    last = wall_clock.local(end, zone) + _DAY
    found: list[Stretch] = []
    while monday <= last:
        more = _in_week(week, zone, monday)
        if found and more and more[0][0] <= found[-1][1]:
            more = joined((found.pop(), *more))
        found += more
        monday += WEEK
    return _within(found, start, end)


def _within(found: list[Stretch], start: datetime, end: datetime) -> list[Stretch]:
    """Return what of the stretches lies in ``[start, end)``; in order and disjoint."""
    first = bisect_right(found, start, key=_end)
    last = bisect_left(found, end, lo=first, key=_start)
    inner = found[first:last]
    if inner:
        inner[0] = max(inner[0][0], start), inner[0][1]
        inner[-1] = inner[-1][0], min(inner[-1][1], end)
    return inner


def _start(stretch: Stretch) -> datetime:
    return stretch[0]


def _end(stretch: Stretch) -> datetime:
    return stretch[1]


def _in_week(
    week: tuple[_Hours, ...], zone: ZoneInfo, monday: datetime
) -> list[Stretch]:
    """Return when the windows that open in one week are open, in order.

    Where the clocks change, some may be empty or touch.
    """
    offset = wall_clock.steady_offset(monday, zone, until=monday + week[-1][1])
    if offset is not None:
        midnight = wall_clock.instant_at(monday, offset)
        return [(midnight + opens, midnight + closes) for opens, closes in week]
    edges = (
        (
            wall_clock.instant_of(monday + opens, zone),
            wall_clock.instant_of(monday + closes, zone),
        )
        for opens, closes in week
    )
    return joined(edges)


@lru_cache(maxsize=1024)
def _week(windows: tuple[Window, ...]) -> tuple[_Hours, ...]:
    """Return when windows open and close, from midnight of a Monday, as few as can be.

    A window that begins late in the week closes in the next.
    """
    found: list[_Hours] = []
    for opens, closes in sorted(
        (opens, opens + window.length)
        for window in windows
        for opens in [window.weekday * _DAY + window.opens_after]
    ):
        if found and opens <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], closes)
        else:
            found.append((opens, closes))
    return tuple(found)


def _monday(naive: datetime) -> datetime:
    midnight = naive.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - naive.weekday() * _DAY


def joined(found: Iterable[Stretch]) -> list[Stretch]:
    """Return the same times with stretches that touch or overlap made one."""
    result: list[Stretch] = []
    for starts_at, ends_at in sorted(found):
        if starts_at >= ends_at:
            continue
        if result and starts_at <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends_at))
        else:
            result.append((starts_at, ends_at))
    return result


def common(one: list[Stretch], other: list[Stretch]) -> list[Stretch]:
    """Return when both hold; each is in order and disjoint."""
    result: list[Stretch] = []
    place, count = 0, len(other)
    for starts_at, ends_at in one:
        while place < count and other[place][1] <= starts_at:
            place += 1
        index = place
        while index < count:
            first, last = other[index]
            if first >= ends_at:
                break
            # Not max() and min(), as in the cutting of tiles.
            begins = first if first > starts_at else starts_at  # noqa: FURB136
            result.append((begins, last if last < ends_at else ends_at))  # noqa: FURB136
            index += 1
    return result


def without(one: list[Stretch], other: Iterable[Stretch]) -> list[Stretch]:
    """Return when the one holds and the other does not; both in order and disjoint."""
    result: list[Stretch] = []
    coming = iter(other)
    closed = next(coming, None)
    for starts_at, ends_at in one:
        at = starts_at
        while closed is not None and closed[0] < ends_at:
            if closed[1] > at:
                if closed[0] > at:
                    result.append((at, closed[0]))
                at = closed[1]
                if at > ends_at:
                    break
            closed = next(coming, None)
        if at < ends_at:
            result.append((at, ends_at))
    return result


def turn_of_period(
    rotation: Rotation, windows: tuple[Window, ...], period: int
) -> int | None:
    """Return the number of the turn that a period is, if only active ones use turns.

    Turns are counted from the period that begins on ``starts_on``. None: the period
    lies wholly outside the windows.
    """
    if not windows or rotation.unit is RotationUnit.MONTH:
        # A window recurs every week: no month is without it. (A month that counts in
        # part might be; the configuration refuses to ask that.)
        return period
    cycle = _active_cycle(rotation, windows)
    rounds, place = divmod(period, len(cycle) - 1)
    if cycle[place] == cycle[place + 1]:
        return None
    return rounds * cycle[-1] + cycle[place]


def is_touched(rotation: Rotation, windows: tuple[Window, ...], period: int) -> bool:
    """Return whether any window is open at some time of the period, on the wall."""
    starts = wall_handoff(rotation, period)
    length = wall_handoff(rotation, period + 1) - starts
    if rotation.lasts is not None:
        length = min(length, rotation.lasts)
    monday = _monday(starts)
    for window in windows:
        opens = monday + window.weekday * _DAY + window.opens_after
        wait = (opens - starts) % WEEK
        if wait < length or wait + window.length > WEEK:
            return True
    return False


@lru_cache(maxsize=256)
def _active_cycle(rotation: Rotation, windows: tuple[Window, ...]) -> tuple[int, ...]:
    """Return active periods before each period until weekdays and lengths repeat.

    Periods and weeks come round together after their least common multiple.
    """
    lengths = rotation.lengths
    cycle_seconds = sum(lengths) * unit_length(rotation.unit) // _SECOND
    week_seconds = WEEK // _SECOND
    rounds = week_seconds // gcd(cycle_seconds, week_seconds)
    counts = [0]
    for period in range(rounds * len(lengths)):
        counts.append(counts[-1] + is_touched(rotation, windows, period))
    return tuple(counts)
