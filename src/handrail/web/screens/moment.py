"""Instants and spans as people read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from handrail.core import wall_clock
from handrail.core.instants import format_rfc3339

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One instant.

    Attributes:
        machine: RFC 3339, for the ``datetime`` attribute.
        shown: In the reader's zone, such as ``18:04 CET``; with the date where that
            is another day than today.
        utc: The same in UTC, for the tooltip.
        ago: How long ago or ahead, such as ``5 min ago`` or ``in 2 h``.
    """

    machine: str
    shown: str
    utc: str
    ago: str


def moment(instant: datetime, *, zone: str, now: datetime) -> Moment:
    """Return the instant for a reader in that IANA zone."""
    place = wall_clock.zone(zone)
    there, today = instant.astimezone(place), now.astimezone(place)
    form = "%H:%M %Z" if there.date() == today.date() else "%a %d %b %H:%M %Z"
    if there.year != today.year:
        form = "%a %d %b %Y %H:%M %Z"
    return Moment(
        machine=format_rfc3339(instant),
        shown=f"{there:{form}}",
        utc=f"{instant:%Y-%m-%d %H:%M:%S} UTC",
        ago=distance(instant - now),
    )


def typed(instant: datetime, *, zone: str) -> str:
    """Return the instant as a form's field for local times has it."""
    return f"{instant.astimezone(wall_clock.zone(zone)):%Y-%m-%dT%H:%M}"


def distance(from_now: timedelta) -> str:
    """Return ``just now``, ``5 min ago`` or ``in 2 h``."""
    if abs(from_now) < timedelta(seconds=1):
        return "just now"
    if from_now < timedelta(0):
        return f"{span(-from_now)} ago"
    # Up to the next whole second: a wait of ten minutes begins as ten, not as nine.
    return f"in {span(timedelta(seconds=ceil(from_now.total_seconds())))}"


def span(length: timedelta) -> str:
    """Return a length in its one or two largest units: ``45 s``, ``1 h 20 min``."""
    seconds = int(length.total_seconds())
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return _two(seconds // _HOUR, "h", seconds % _HOUR // _MINUTE, "min")
    return _two(seconds // _DAY, "d", seconds % _DAY // _HOUR, "h")


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    tail = f" {small} {small_unit}" if small else ""
    return f"{large} {large_unit}{tail}"
