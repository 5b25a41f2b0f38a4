"""Stretches of time in words, as the people of a schedule read clocks."""

from datetime import datetime

from handrail.core import wall_clock


def words(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Return ``Fri 18 Dec 2026 18:00 to Sat 19 Dec 2026 09:00 (Europe/Berlin)``."""
    first, last = (at.astimezone(wall_clock.zone(zone)) for at in (starts_at, ends_at))
    until = f"{last:%H:%M}" if first.date() == last.date() else day_and_clock(last)
    return f"{day_and_clock(first)} to {until} ({zone})"


def at_words(at: datetime, zone: str) -> str:
    """Return ``Fri 18 Dec 2026 18:00 (Europe/Berlin)``."""
    return f"{day_and_clock(at.astimezone(wall_clock.zone(zone)))} ({zone})"


def day_and_clock(local: datetime) -> str:
    """Return a local time; seconds only where there are any."""
    form = "%a %d %b %Y %H:%M:%S" if local.second else "%a %d %b %Y %H:%M"
    return f"{local:{form}}"
