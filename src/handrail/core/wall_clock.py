"""Wall-clock arithmetic: the only place where local times become instants.

The rule, for everything that says a local date and time: a local time that does not
exist (clocks went forward) means the instant the gap ends; one that occurs twice
(clocks went back) means the first. Both are one sentence: *the first instant at which
the local clock reads that time or later*. Hence later local times never give earlier
instants, whatever the zone does.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND = timedelta(seconds=1)
_MONTHS_PER_YEAR = 12


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone of that name.

    Raises:
        ValueError: There is no such zone in the installed tzdata.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"{name!r} is no IANA time zone; write it like Europe/Berlin or UTC"
        raise ValueError(msg) from error


def local(instant_: datetime, zone_: ZoneInfo) -> datetime:
    """Return what the local clock reads at an instant, as a naive datetime."""
    return instant_.astimezone(zone_).replace(tzinfo=None, fold=0)


def instant(day: date, at: time, zone_: ZoneInfo) -> datetime:
    """Return the UTC instant of a local date and time, by the rule of this module."""
    return instant_of(datetime.combine(day, at), zone_)


def instant_of(naive: datetime, zone_: ZoneInfo) -> datetime:
    """Return the first UTC instant whose local clock reads ``naive`` or later."""
    assert naive.tzinfo is None, f"not a wall-clock time: {naive!r}"
    found = naive.replace(tzinfo=zone_, fold=0).astimezone(UTC)
    if local(found, zone_) == naive:
        return found
    return _gap_end(naive, zone_, at_latest=found)


def _gap_end(naive: datetime, zone_: ZoneInfo, *, at_latest: datetime) -> datetime:
    """Return when the gap that holds ``naive`` ends, to the second, by bisection.

    Inside a gap, reading the time with the offset before the change lands after the
    change and reading it with the offset after lands before it; between the two, the
    local clock passes ``naive`` once, at the change.
    """
    late = at_latest.replace(microsecond=0) + _SECOND
    early = naive.replace(tzinfo=zone_, fold=1, microsecond=0).astimezone(UTC)
    while late - early > _SECOND:
        middle = early + ((late - early) // _SECOND // 2) * _SECOND
        if local(middle, zone_) < naive:
            early = middle
        else:
            late = middle
    return late


def add_months(naive: datetime, months: int) -> datetime:
    """Return the wall-clock time so many months later (or earlier), with overflow.

    A day the month does not have runs over into the next: 31 January plus one month
    is 3 March, or 2 March in a leap year.
    """
    count = naive.year * _MONTHS_PER_YEAR + naive.month - 1 + months
    year, month = divmod(count, _MONTHS_PER_YEAR)
    first = naive.replace(year=year, month=month + 1, day=1)
    return first + timedelta(days=naive.day - 1)


def months_between(earlier: datetime, later: datetime) -> int:
    """Return the difference of the calendar months, days disregarded."""
    years = later.year - earlier.year
    return years * _MONTHS_PER_YEAR + later.month - earlier.month
