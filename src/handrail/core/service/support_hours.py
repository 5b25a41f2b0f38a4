"""Support hours: when a service's team is there for what can wait.

Windows are wall-clock times in a named zone, half-open ``[start, end)``, by the rule
of ``core.wall_clock``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handrail.core import wall_clock

_DAY = timedelta(days=1)
_DAYS_BACK = 2
"""A window that began yesterday may still be open, and zones have skipped a day."""
_DAYS_AHEAD = 22
"""Each weekday comes twice at least, even where a zone skips a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Open on these weekdays from ``start`` to ``end``.

    Attributes:
        weekdays: On which the window begins; Monday is 0.
        start: Local time, inclusive.
        end: Local time, exclusive. Where it is not after ``start`` it means the next
            day; equal to ``start`` it is 24 hours.
    """

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportHours:
    """Windows in one time zone; open when any window is.

    Attributes:
        time_zone: IANA name.
        windows: At least one, with at least one weekday.

    Raises:
        ValueError: No window has a weekday: such hours would never begin, and what
            waits for them would wait forever.
    """

    time_zone: str
    windows: tuple[Window, ...]

    def __post_init__(self) -> None:
        days = frozenset[int]().union(*(window.weekdays for window in self.windows))
        if not days:
            msg = "support hours never open; give a window with at least one weekday"
            raise ValueError(msg)
        if not days <= frozenset(range(7)):
            msg = f"weekdays {sorted(days)} are not all in 0 (Monday) to 6 (Sunday)"
            raise ValueError(msg)


def is_open(hours: SupportHours, at: datetime) -> bool:
    """Return whether the instant lies in a window."""
    return span(hours, at)[0] <= at


def next_open(hours: SupportHours, at: datetime) -> datetime:
    """Return the instant itself when open, else when the next window begins, UTC."""
    return max(at, span(hours, at)[0])


def span(hours: SupportHours, at: datetime) -> tuple[datetime, datetime]:
    """Return start and end of the open time that holds ``at``, or else of the next.

    Windows that touch or overlap count as one. Hours that never close are cut two
    days back and three weeks ahead.
    """
    zone = wall_clock.zone(hours.time_zone)
    pieces = sorted(_pieces(hours, zone, at))
    place = next(i for i, (_, ends_at) in enumerate(pieces) if ends_at > at)
    opens_at, closes_at = pieces[place]
    for starts_at, ends_at in pieces[place + 1 :]:
        if starts_at > closes_at:
            break
        closes_at = max(closes_at, ends_at)
    for starts_at, ends_at in reversed(pieces[:place]):
        if ends_at >= opens_at:
            opens_at = min(opens_at, starts_at)
    return opens_at, closes_at


def open_times(
    hours: SupportHours, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Return when any window is open within ``[start, end)``, sorted and disjoint."""
    zone = wall_clock.zone(hours.time_zone)
    first = wall_clock.local(start, zone).date() - _DAYS_BACK * _DAY
    days = (wall_clock.local(end, zone).date() - first).days + 1
    found: list[tuple[datetime, datetime]] = []
    for starts_at, ends_at in sorted(_days(hours, zone, first, days)):
        opens_at, closes_at = max(starts_at, start), min(ends_at, end)
        if opens_at >= closes_at:
            continue
        if found and opens_at <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes_at))
        else:
            found.append((opens_at, closes_at))
    return found


def _pieces(
    hours: SupportHours, zone: ZoneInfo, at: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield every window near ``at`` as instants."""
    first = wall_clock.local(at, zone).date() - _DAYS_BACK * _DAY
    return _days(hours, zone, first, _DAYS_BACK + _DAYS_AHEAD)


def _days(
    hours: SupportHours, zone: ZoneInfo, first: date, count: int
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the windows that begin on these days; those a gap swallows are left out."""
    for offset in range(count):
        day = first + offset * _DAY
        for window in hours.windows:
            if day.weekday() not in window.weekdays:
                continue
            last = day if window.end > window.start else day + _DAY
            starts_at = wall_clock.instant(day, window.start, zone)
            ends_at = wall_clock.instant(last, window.end, zone)
            if starts_at < ends_at:
                yield starts_at, ends_at
