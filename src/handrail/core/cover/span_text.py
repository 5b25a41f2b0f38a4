"""A stretch of time as people type it: from now for 2h, until fri 18:00."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core import wall_clock
from handrail.core.configuration.spelling import (
    moment_in,
    parse_duration,
    parse_week_time,
)
from handrail.core.errors import InvalidError

_WEEK = 7
_HOW = (
    "write it like 18:00, fri 18:00, 2026-12-24 18:00 (in the schedule's zone), "
    "2026-12-24T18:00:00+01:00, or now"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanText:
    """What was typed; "" for what was left out.

    Attributes:
        starts: ``now``, ``18:00`` or ``fri 18:00`` (the next such time after now, in
            the schedule's zone), a local date and time, or an instant. "" is now.
        ends: The same, after the beginning; or "" where ``lasts`` says it.
        lasts: A length such as ``2h``, elapsed time; instead of an end.
    """

    starts: str = ""
    ends: str = ""
    lasts: str = ""

    def read(self, zone: str, *, now: datetime) -> tuple[datetime | None, datetime]:
        """Return the beginning, none for now, and the end; UTC.

        Raises:
            InvalidError: It cannot be read, or says no end, or two.
        """
        starts_at = _moment(self.starts, "from", zone, after=now)
        if self.lasts and self.ends:
            msg = "say until when or for how long, one of the two"
            raise InvalidError(msg, fields={"until": "does not go with for"})
        if self.lasts:
            return starts_at, (starts_at or now) + _length(self.lasts)
        after = now if starts_at is None else max(starts_at, now)
        ends_at = _moment(self.ends, "until", zone, after=after)
        if ends_at is None:
            msg = "say until when, or for how long: --until 18:00 or --for 2h"
            raise InvalidError(msg, fields={"until": "is required, or for"})
        return starts_at, ends_at


def _moment(text: str, field: str, zone: str, *, after: datetime) -> datetime | None:
    spelled = text.strip().lower()
    if spelled in {"", "now"}:
        return None
    try:
        return _next(spelled, zone, after=after)
    except ValueError:
        pass
    try:
        return moment_in(zone, text.strip())
    except ValueError as error:
        msg = f"{text!r} is no time; {_HOW}"
        raise InvalidError(msg, fields={field: f"is no time; {_HOW}"}) from error


def _next(text: str, zone: str, *, after: datetime) -> datetime:
    """Return the next instant at which the wall clock shows a time of day or week."""
    weekday, at = parse_week_time(text)
    place = wall_clock.zone(zone)
    today = wall_clock.local(after, place).date()
    for ahead in range(_WEEK + 1):
        day = today + timedelta(days=ahead)
        found = wall_clock.instant(day, at, place)
        if found > after and weekday in {None, day.weekday()}:
            return found
    msg = "no such time within a week"
    raise AssertionError(msg)


def _length(text: str) -> timedelta:
    try:
        found = parse_duration(text.strip())
    except ValueError as error:
        msg = f"{text!r} is no length of time; write it like 2h or 90m"
        raise InvalidError(msg, fields={"for": "write it like 2h or 90m"}) from error
    if found <= timedelta(0):
        msg = "it must last longer than nothing"
        raise InvalidError(msg, fields={"for": "must be more than 0"})
    return found
