"""A stretch of time as people type it: from now for 2h, until fri 18:00."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core import wall_clock
from handrail.core.configuration import moment_text
from handrail.core.configuration.spelling import parse_duration
from handrail.core.errors import InvalidError


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanText:
    """What was typed; "" for what was left out.

    Attributes:
        starts: As ``moment_text`` reads it, in the schedule's zone. "" is now.
        ends: The same; a time of day or week is the next one after the beginning. ""
            where ``lasts`` says it.
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
        starts_at = _moment(self.starts, "from", zone, now=now, after=now)
        if self.lasts and self.ends:
            msg = "say until when or for how long, one of the two"
            raise InvalidError(msg, fields={"until": "does not go with for"})
        if self.lasts:
            return starts_at, (starts_at or now) + _length(self.lasts)
        after = now if starts_at is None else max(starts_at, now)
        ends_at = _moment(self.ends, "until", zone, now=now, after=after)
        if ends_at is None:
            msg = "say until when, or for how long: --until 18:00 or --for 2h"
            raise InvalidError(msg, fields={"until": "is required, or for"})
        return starts_at, ends_at


def _moment(
    text: str, field: str, zone: str, *, now: datetime, after: datetime
) -> datetime | None:
    if text.strip().lower() in {"", "now"}:
        return None
    place = wall_clock.zone(zone)
    try:
        return moment_text.read(text, place, now=now, after=after)
    except ValueError as error:
        raise InvalidError(str(error), fields={field: str(error)}) from error


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
