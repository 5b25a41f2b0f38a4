"""Wall-clock arithmetic: the only place where local times become instants.

The rule, for everything that says a local date and time: a local time that does not
exist (clocks went forward) means the instant the gap ends; one that occurs twice
(clocks went back) means the first. Both are one sentence: *the first instant at which
the local clock reads that time or later*. Hence later local times never give earlier
instants, whatever the zone does.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)
_MONTHS_PER_YEAR = 12
_BLOCK_BITS = 3
"""Days are looked at in blocks of 8."""


@lru_cache(maxsize=1024)
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
    day = naive.toordinal()
    offset = _offset_of_block(zone_, day >> _BLOCK_BITS)
    if offset is None:
        offset = _offset_of_day(zone_, day)
    if offset is not None:
        return instant_at(naive, offset)
    aware = naive.replace(tzinfo=zone_, fold=0)
    first, second = aware.utcoffset(), aware.replace(fold=1).utcoffset()
    assert first is not None, "a zone has an offset at every time"
    assert second is not None, "a zone has an offset at every time"
    found = instant_at(naive, first)
    if first >= second:
        return found
    return _gap_end(naive, zone_, at_latest=found)


def instants_of(naives: Iterable[datetime], zone_: ZoneInfo) -> Iterator[datetime]:
    """Yield ``instant_of`` for each; soonest where many lie near each other."""
    known, offset = None, None
    for naive in naives:
        block = naive.toordinal() >> _BLOCK_BITS
        if block != known:
            known, offset = block, _offset_of_block(zone_, block)
        if offset is None:
            yield instant_of(naive, zone_)
        else:
            yield instant_at(naive, offset)


def instant_at(naive: datetime, offset: timedelta) -> datetime:
    """Return the UTC instant of a local time at which the offset holds."""
    return _EPOCH + (naive - _NAIVE_EPOCH - offset)


def steady_offset(
    naive: datetime, zone_: ZoneInfo, *, until: datetime
) -> timedelta | None:
    """Return the one offset of all local times in a stretch; None where it may change.

    Where it is given, each instant of the stretch is the local time less the offset.
    """
    first = naive.toordinal() >> _BLOCK_BITS
    last = until.toordinal() >> _BLOCK_BITS
    offset = _offset_of_block(zone_, first)
    for block in range(first + 1, last + 1):
        if _offset_of_block(zone_, block) != offset:
            return None
    return offset


@lru_cache(maxsize=16384)
def _offset_of_block(zone_: ZoneInfo, block: int) -> timedelta | None:
    """Return the offset that holds in a block of days; None where it may change."""
    return _offset_of(zone_, block << _BLOCK_BITS, 1 << _BLOCK_BITS)


@lru_cache(maxsize=4096)
def _offset_of_day(zone_: ZoneInfo, day: int) -> timedelta | None:
    """Return the offset that holds on a day; for days whose block has not one."""
    return _offset_of(zone_, day, 1)


def _offset_of(zone_: ZoneInfo, first: int, days: int) -> timedelta | None:
    """Return the one offset of so many days and the days beside them, if it is one.

    One look a day is enough: no zone changes its clocks twice within a day.
    """
    looks = range(first - 1, first + days + 2)
    if looks[0] < date.min.toordinal() or looks[-1] > date.max.toordinal():
        return None
    offsets = {
        datetime.fromordinal(day).replace(tzinfo=zone_, fold=fold).utcoffset()
        for day in looks
        for fold in (0, 1)
    }
    return offsets.pop() if len(offsets) == 1 else None


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


def instant_by_rfc5545(naive: datetime, zone_: ZoneInfo) -> datetime:
    """Return the UTC instant of a local time as calendar files mean it.

    RFC 5545, 3.3.5: a time that is skipped is read with the offset before the gap, so
    that it lies as far after the gap as it was into it; one that occurs twice means
    the first. For what comes from calendars only: it is not the rule of this module.
    """
    assert naive.tzinfo is None, f"not a wall-clock time: {naive!r}"
    return naive.replace(tzinfo=zone_, fold=0).astimezone(UTC)
