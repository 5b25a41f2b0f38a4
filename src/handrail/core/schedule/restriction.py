"""When a layer counts: windows of the week, and which turns they leave.

Windows are wall-clock times; each becomes a stretch of instants by the rule of
``core.wall_clock``. Which turns a restriction uses up is decided on the wall clock
alone, so that a clock change never shifts everybody's turn by one.
"""

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

_DAY = timedelta(days=1)
_DAYS_BACK = 9
"""A window of seven days may have begun that long ago; zones have skipped a day."""
_SECOND = timedelta(seconds=1)


def stretches(
    windows: tuple[Window, ...], zone: ZoneInfo, start: datetime, end: datetime
) -> list[Stretch]:
    """Return when any window is open within ``[start, end)``, sorted and disjoint."""
    by_weekday: dict[int, list[Window]] = {}
    for window in windows:
        by_weekday.setdefault(window.weekday, []).append(window)
    day = wall_clock.local(start, zone).date() - timedelta(days=_DAYS_BACK)
    last = wall_clock.local(end, zone).date()
    found: list[Stretch] = []
    while day <= last:
        for window in by_weekday.get(day.weekday(), ()):
            opens_at = wall_clock.instant(day, window.start, zone)
            closing_day = day + window.days * _DAY
            closes_at = wall_clock.instant(closing_day, window.end, zone)
            if opens_at < end and closes_at > start:
                found.append((max(opens_at, start), min(closes_at, end)))
        day += _DAY
    return joined(found)


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
    midnight = starts.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - starts.weekday() * _DAY
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
