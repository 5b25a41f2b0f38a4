"""How durations, dates, times and names are spelled in configuration.

Every reader takes what a person writes and raises ``ValueError`` with a sentence that
says how to write it; the matching writer gives the canonical spelling that documents
store, so that ``90s`` and ``1m30s`` are the same document.
"""

import difflib
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from handrail.core import wall_clock
from handrail.core.ids import Slug
from handrail.core.instants import parse_rfc3339
from handrail.core.schedule.schedule import RotationUnit

SLUG_PATTERN = r"^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$"
DURATION_PATTERN = r"^(?=\d)(?:\d{1,5}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,8}s)?$"
EVERY_PATTERN = r"^[1-9]\d{0,2} (?:hour|day|week|month|year)s?$"
WALL_TIME_PATTERN = r"^(?:[01]?\d|2[0-3]):[0-5]\d$"
END_TIME_PATTERN = r"^(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)$"
WEEK_TIME_PATTERN = (
    r"^(?:(?:mon|tue|wed|thu|fri|sat|sun) )?(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)$"
)
MIDNIGHT_AS_END = "24:00"
DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
LOCAL_PATTERN = r"^\d{4}-\d{2}-\d{2}[ T](?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$"
EMAIL_PATTERN = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$"
)
URL_PATTERN = r"^https?://[A-Za-z0-9.\-\[\]:%_~]+(?:[/?#][^\s]*)?$"
REFERENCE_PATTERN = (
    r"^(?:env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:[^\s\x00-\x1f]{1,1024})$"
)
ICS_PATTERN = r"^(?![/~])[^\\:\x00-\x1f]{1,250}\.[iI][cC][sS]$"
DIGEST_PATTERN = r"^sha256:[0-9a-f]{64}$"

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
NOBODY = "nobody"
"""In a rotation: an intended gap."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_RESERVED = frozenset({NOBODY})
_SHOWN_MAX = 60
_YEAR = "year"
_MONTHS_PER_YEAR = 12
_LENGTH_MAX = 999
"""Units of a turn: what the pattern allows."""
_YEARS = range(1971, 2200)


def quoted(text: str) -> str:
    """Return text for a message: in quotes, escaped, and cut after 60 characters."""
    shown = text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + "…"
    printable = "".join(c if c.isprintable() else "\ufffd" for c in shown)
    return json.dumps(printable, ensure_ascii=False)


def parse_slug(text: str) -> Slug:
    """Read the name of a configured thing.

    Raises:
        ValueError: It is not 1 to 64 characters of ``[a-z0-9._-]`` that begin and end
            with a letter or digit, or it is the reserved word ``nobody``.
    """
    if not re.fullmatch(SLUG_PATTERN, text):
        msg = (
            f"{quoted(text)} is not a name; use 1 to 64 of a-z 0-9 . _ - "
            "and begin and end with a letter or digit"
        )
        raise ValueError(msg)
    if text in _RESERVED:
        msg = f"{quoted(text)} is reserved: it marks an intended gap in a rotation"
        raise ValueError(msg)
    return Slug(text)


def parse_duration(text: str) -> timedelta:
    """Read a duration such as ``5m``, ``90s``, ``1h30m``, ``2d`` or ``0s``.

    Raises:
        ValueError: It is spelled otherwise.
    """
    if not re.fullmatch(DURATION_PATTERN, text):
        msg = f"{quoted(text)} is not a duration; write it like 30s, 5m, 1h30m or 2d"
        raise ValueError(msg)
    found = _DURATION.fullmatch(text)
    assert found is not None, text
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """Write a duration of whole seconds, 0 or more, with hours as largest unit."""
    total = int(duration.total_seconds())
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def parse_every(text: str) -> tuple[int, RotationUnit]:
    """Read the length of a turn, such as ``12 hours``, ``1 day`` or ``2 weeks``.

    A year is 12 months.

    Raises:
        ValueError: It is spelled otherwise.
    """
    if not re.fullmatch(EVERY_PATTERN, text):
        msg = (
            f"{quoted(text)} is no turn's length; write 12 hours, 1 day, 2 weeks, "
            "1 month or 1 year, and at most 999"
        )
        raise ValueError(msg)
    written, unit = text.split(" ")
    count, unit = int(written), unit.removesuffix("s")
    if unit != _YEAR:
        return count, RotationUnit(unit)
    months = count * _MONTHS_PER_YEAR
    if months > _LENGTH_MAX:
        msg = f"{quoted(text)} is too long for a turn; write 1 to 83 years"
        raise ValueError(msg)
    return months, RotationUnit.MONTH


def format_every(length: int, unit: RotationUnit) -> str:
    """Write the length of a turn."""
    return f"{length} {unit}" + ("s" if length > 1 else "")


def parse_wall_time(text: str) -> time:
    """Read a local time of day such as ``09:00``.

    Raises:
        ValueError: It is spelled otherwise.
    """
    if not re.fullmatch(WALL_TIME_PATTERN, text):
        msg = f'{quoted(text)} is no time of day; write it like "09:00"'
        raise ValueError(msg)
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def parse_end_time(text: str) -> time:
    """Read the end of a window: a time of day, or ``24:00`` for midnight.

    Raises:
        ValueError: It is spelled otherwise.
    """
    return time(0) if text == MIDNIGHT_AS_END else parse_wall_time(text)


def parse_week_time(text: str) -> tuple[int | None, time]:
    """Read an edge of a window: ``09:00``, ``24:00`` or, with its day, ``fri 18:00``.

    Returns:
        The weekday, Monday being 0, or none where none is written; and the time.

    Raises:
        ValueError: It is spelled otherwise.
    """
    day, _, clock = text.rpartition(" ")
    if not re.fullmatch(WEEK_TIME_PATTERN, text):
        msg = f'{quoted(text)} is no time of the week; write "09:00" or "fri 18:00"'
        raise ValueError(msg)
    at = parse_end_time(clock)
    if not day:
        return None, at
    shift = 1 if clock == MIDNIGHT_AS_END else 0
    return (WEEKDAYS.index(day) + shift) % len(WEEKDAYS), at


def read_week_time(text: str) -> str:
    """Return the canonical spelling of an edge of a window.

    Raises:
        ValueError: It is none, as ``parse_week_time`` says.
    """
    parse_week_time(text)
    day, _, clock = text.rpartition(" ")
    return f"{day} {clock.rjust(5, '0')}".strip()


def parse_date(text: str) -> date:
    """Read a calendar date such as ``2026-01-05``.

    Raises:
        ValueError: It is spelled otherwise, or there is no such day.
    """
    try:
        day = date.fromisoformat(text) if re.fullmatch(DATE_PATTERN, text) else None
    except ValueError:
        day = None
    if day is None:
        msg = f"{quoted(text)} is not a date; write it like 2026-01-05"
        raise ValueError(msg)
    _refuse_year(text, day.year)
    return day


def _refuse_year(text: str, year: int) -> None:
    if year not in _YEARS:
        msg = (
            f"{quoted(text)} is not in the years {_YEARS[0]} to {_YEARS[-1]}, "
            "for which time zones are known; write one of them"
        )
        raise ValueError(msg)


def parse_moment(text: str) -> datetime:
    """Read a local time without offset (naive), or an instant with one (UTC).

    Raises:
        ValueError: It is neither ``2026-12-24 09:00`` nor RFC 3339 with an offset.
    """
    is_local = re.fullmatch(LOCAL_PATTERN, text) is not None
    try:
        moment = _local_moment(text) if is_local else parse_rfc3339(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        msg = (
            f"{quoted(text)} is not a moment; write local time like 2026-12-24 09:00, "
            "or an instant like 2026-12-24T09:00:00+01:00"
        )
        raise ValueError(msg)
    _refuse_year(text, moment.year)
    return moment


def _local_moment(text: str) -> datetime:
    day, _, clock = text.replace("T", " ").partition(" ")
    return datetime.fromisoformat(
        f"{day} {clock.rjust(5, '0') if clock.count(':') == 1 else clock}"
    )


def format_moment(moment: datetime) -> str:
    """Write a local time as ``2026-12-24 09:00`` and an instant with ``Z``."""
    text = f"{moment:%Y-%m-%d %H:%M}"
    text += f":{moment:%S}" if moment.second else ""
    if moment.tzinfo is None:
        return text
    assert moment.tzinfo is UTC, repr(moment)
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def moment_in(zone: str, text: str) -> datetime:
    """Return the UTC instant of a moment that may be local to the zone."""
    moment = parse_moment(text)
    if moment.tzinfo is not None:
        return moment
    return wall_clock.instant_of(moment, wall_clock.zone(zone))


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Return the keys of the IANA database this installation knows."""
    return frozenset(available_timezones()) - {"localtime", "Factory", "posixrules"}


def parse_zone(text: str) -> str:
    """Read an IANA time zone name such as ``Europe/Berlin``.

    Raises:
        ValueError: The zone database of this installation has no such key.
    """
    if text not in _zones():
        hint = _zone_meant(text) or "write it like Europe/Berlin"
        msg = f"{quoted(text)} is no IANA time zone; {hint}"
        raise ValueError(msg)
    return ZoneInfo(text).key


@lru_cache(maxsize=64)
def _zone_meant(text: str) -> str:
    """Return a question about the zone most like a text, or ""."""
    wanted = text.strip().replace(" ", "_").lower()[:_SHOWN_MAX]
    names = {name.lower(): name for name in sorted(_zones())}
    cities = {name.rpartition("/")[2].lower(): name for name in sorted(_zones())}
    found = names.get(wanted) or cities.get(wanted)
    if found is None:
        close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.75)
        found = names[close[0]] if close else None
    return "" if found is None else f"did you mean {found}?"
