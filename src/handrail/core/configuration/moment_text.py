"""An instant as people type it: now, +2h, 20m ago, fri 18:00, 2026-12-24."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.configuration.spelling import (
    DATE_PATTERN,
    DURATION_PATTERN,
    WEEK_TIME_PATTERN,
    parse_date,
    parse_duration,
    parse_moment,
    parse_week_time,
    quoted,
)

HOW = (
    'now, +2h, "20m ago", 18:00, "fri 18:00", 2026-12-24, "2026-12-24 18:00" or '
    "2026-12-24T18:00:00+01:00"
)
_WEEK = 7
_LENGTH = re.compile(r"(\+|in )?\s*(\d\S*)( ago)?")


def read(
    text: str,
    zone: ZoneInfo,
    *,
    now: datetime,
    after: datetime | None = None,
    is_past: bool = False,
) -> datetime:
    """Return the instant that is meant, UTC.

    Args:
        text: One of the forms of ``HOW``. A length without a sign, ``2h``, lies ahead;
            a time of day or of the week is the next one; a date is its midnight.
        zone: In which local times are read.
        now: The present, UTC.
        after: A time of day or of the week is the next one after this; else after now.
        is_past: What is meant has been: a length without a sign lies back, and a time
            of day or of the week is the last one.

    Raises:
        ValueError: It is none of these, or lies in a year without time-zone rules.
    """
    spelled = text.strip().lower()
    if spelled == "now":
        return now
    length = _LENGTH.fullmatch(spelled)
    if length is not None and re.match(DURATION_PATTERN, length[2]):
        is_back = bool(length[3]) or (is_past and not length[1])
        distance = parse_duration(length[2])
        return now - distance if is_back else now + distance
    if re.fullmatch(WEEK_TIME_PATTERN, spelled):
        weekday, at = parse_week_time(spelled)
        return _nearest(weekday, at, zone, after=after or now, is_past=is_past)
    if re.fullmatch(DATE_PATTERN, spelled):
        return wall_clock.instant(parse_date(spelled), time(0), zone)
    try:
        moment = parse_moment(text.strip())
    except ValueError as error:
        if re.match(r"\d{4}-\d", spelled):
            raise
        msg = f"{quoted(text)} is no time; write it like {HOW}"
        raise ValueError(msg) from error
    return moment if moment.tzinfo else wall_clock.instant_of(moment, zone)


def _nearest(
    weekday: int | None, at: time, zone: ZoneInfo, *, after: datetime, is_past: bool
) -> datetime:
    """Return when the wall clock shows it next, or showed it last."""
    today = wall_clock.local(after, zone).date()
    for days in range(_WEEK + 1):
        day = today + timedelta(days=-days if is_past else days)
        found = wall_clock.instant(day, at, zone)
        is_there = found <= after if is_past else found > after
        if is_there and weekday in {None, day.weekday()}:
            return found
    msg = "a week has every time of the week"
    raise AssertionError(msg)
